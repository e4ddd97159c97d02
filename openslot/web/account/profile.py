"""One's own account: the profile, the picture, one's data, and becoming a provider."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from openslot.accounts import people, photos
from openslot.accounts.models import Clock, LocationKind, User
from openslot.accounts.signing.forms import LineField, ProseField
from openslot.appointments.models import Way
from openslot.kernel.wording import languages
from openslot.privacy import erasure, taking_along
from openslot.web import errors
from openslot.web.account import guarding
from openslot.web.parts.fields import ZoneField
from openslot.web.parts.photos import PhotoForm
from openslot.web.parts.pressing import Answer, once
from openslot.web.parts.requests import posted, reader
from openslot.web.saving.asread import AsRead


class ProfileForm(AsRead):
    first_name = LineField(required=False, max_length=200)
    last_name = LineField(required=False, max_length=200)
    phone = LineField(required=False, max_length=40, help_text=_("Providers you book see it."))
    timezone = ZoneField(label=_("Time zone"), help_text=_("All times are shown in it."))
    language = forms.ChoiceField(choices=settings.LANGUAGES)
    clock = forms.ChoiceField(required=False, choices=Clock.choices)


class ProviderForm(forms.Form):
    name = LineField(max_length=200, help_text=_("Of you or of your practice, as people see it."))
    headline = LineField(required=False, max_length=200, help_text=_("What you do, in a line."))
    bio = ProseField(
        required=False, max_length=2000, label=_("About"), widget=forms.Textarea(attrs={"rows": 4})
    )
    timezone = ZoneField(label=_("Time zone"), help_text=_("Your hours are kept in it."))
    location_kind = forms.ChoiceField(label=_("Where you meet"), choices=LocationKind.choices)
    location_text = LineField(
        required=False, max_length=500, label=_("Address"), help_text=_("Or a link, or a number.")
    )


@login_required
@once
def profile(request: HttpRequest) -> Answer | HttpResponse:
    user = reader(request)
    form = ProfileForm(posted(request), initial=_said(user))
    if request.method == "POST" and errors.carried_out(
        form, lambda: people.change_profile(user, **_changes(user, form))
    ):
        return Answer(reverse("profile"), gettext("Saved."))
    return _profile_page(request, form, PhotoForm())


def _said(user: User) -> dict[str, Any]:
    """What the form begins with: of their language that of ours which they read."""
    now = {name: getattr(user, name) for name in ProfileForm.base_fields}
    return now | {"language": languages.of(user.language)}


def _changes(user: User, form: forms.Form) -> dict[str, Any]:
    """What is to be saved: who speaks de-AT and keeps to German still speaks de-AT."""
    chosen = dict(form.cleaned_data)
    if chosen["language"] == languages.of(user.language):
        del chosen["language"]
    return chosen


def _profile_page(request: HttpRequest, form: forms.Form, photo_form: PhotoForm) -> HttpResponse:
    context = {"form": form, "photo_form": photo_form, "google": settings.GOOGLE_CLIENT_ID}
    status = errors.status(form, photo_form)
    return render(request, "account/profile.html", context, status=status)


@login_required
@require_POST
@once
def photo(request: HttpRequest) -> Answer | HttpResponse:
    user = reader(request)
    if "remove" in request.POST:
        photos.remove(user)
        return Answer(reverse("profile"))
    form = PhotoForm(request.POST, request.FILES)
    if errors.carried_out(form, lambda: photos.put(user, form.cleaned_data["photo"])):
        return Answer(reverse("profile"), gettext("Picture saved."))
    user.refresh_from_db()
    return _profile_page(request, ProfileForm(initial=_said(user)), form)


@guarding.guarded
def export(request: HttpRequest) -> HttpResponse:
    answer = JsonResponse(taking_along.everything(reader(request)), json_dumps_params={"indent": 2})
    answer["Content-Disposition"] = 'attachment; filename="openslot.json"'
    answer["Cache-Control"] = "no-store"
    return answer


@guarding.guarded_again
def erase(request: HttpRequest) -> HttpResponse:
    user, form = reader(request), forms.Form(posted(request))
    if request.method == "POST" and errors.carried_out(
        form, lambda: erasure.erase(user, via=Way.PAGE)
    ):
        logout(request)
        messages.success(request, gettext("Your account is erased."))
        return redirect("home")
    return render(request, "account/erase.html", {"form": form}, status=errors.status(form))


@login_required
@once
def become_provider(request: HttpRequest) -> Answer | HttpResponse:
    user = reader(request)
    if user.is_provider:
        return redirect("provider_profile")
    start = {"name": user.get_full_name(), "timezone": user.timezone}
    form = ProviderForm(posted(request), initial=start)
    if request.method == "POST" and errors.carried_out(
        form, lambda: people.become_provider(user, **form.cleaned_data)
    ):
        told = gettext("You are a provider now. Next: what you offer, and when.")
        return Answer(reverse("services"), told)
    context = {"form": form, "confirm_first": people.needs_confirming(user)}
    return render(request, "account/become_provider.html", context, status=errors.status(form))
