"""One's own account: the profile, the picture, one's data, and becoming a provider."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.models import SocialAccount
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from openslot.accounts import people, photos
from openslot.accounts.models import LocationKind, User
from openslot.accounts.signing import adapter
from openslot.accounts.signing.forms import LineField, ProseField
from openslot.appointments.models import Way
from openslot.privacy import erasure, taking_along
from openslot.web import errors
from openslot.web.account import guarding
from openslot.web.parts.fields import ZoneField
from openslot.web.parts.pressing import Answer, once
from openslot.web.parts.requests import posted, reader


class ProfileForm(forms.Form):
    first_name = LineField(required=False, max_length=200)
    last_name = LineField(required=False, max_length=200)
    phone = LineField(required=False, max_length=40, help_text="Providers you book see it.")
    timezone = ZoneField(label="Time zone", help_text="All times are shown in it.")
    language = forms.ChoiceField(choices=settings.LANGUAGES)


class PhotoForm(forms.Form):
    photo = forms.FileField(
        label="Picture",
        help_text="JPEG, PNG or WebP, at most 5 MB.",
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )


class EraseForm(forms.Form):
    """Who signs in with Google has said there who they are; without either, the address will do."""

    password = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}), max_length=1000
    )

    def __init__(self, data: Any = None, *, user: User, by_google: bool) -> None:
        super().__init__(data)
        self.user = user
        if by_google:
            del self.fields["password"]
        elif not user.has_usable_password():
            self.fields["password"] = forms.CharField(max_length=254, label="Your e-mail address")

    def clean_password(self) -> str:
        given: str = self.cleaned_data["password"]
        if self.user.has_usable_password() and not self.user.check_password(given):
            raise forms.ValidationError("This is not your password.")
        if not self.user.has_usable_password() and given.lower() != self.user.email:
            raise forms.ValidationError("This is not your address.")
        return given


class ProviderForm(forms.Form):
    name = LineField(max_length=200, help_text="Of you or of your practice, as people see it.")
    headline = LineField(required=False, max_length=200, help_text="What you do, in a line.")
    bio = ProseField(
        required=False, max_length=2000, label="About", widget=forms.Textarea(attrs={"rows": 4})
    )
    timezone = ZoneField(label="Time zone", help_text="Your hours are kept in it.")
    location_kind = forms.ChoiceField(label="Where you meet", choices=LocationKind.choices)
    location_text = LineField(
        required=False, max_length=500, label="Address", help_text="Or a link, or a number."
    )


@login_required
@once
def profile(request: HttpRequest) -> Answer | HttpResponse:
    user = reader(request)
    now = {name: getattr(user, name) for name in ProfileForm.base_fields}
    form = ProfileForm(posted(request), initial=now)
    if request.method == "POST" and errors.carried_out(
        form, lambda: people.change_profile(user, **form.cleaned_data)
    ):
        return Answer(reverse("profile"), "Saved.")
    return _profile_page(request, form, PhotoForm())


def _profile_page(request: HttpRequest, form: forms.Form, photo_form: PhotoForm) -> HttpResponse:
    status = 400 if form.errors or photo_form.errors else 200
    context = {"form": form, "photo_form": photo_form, "google": settings.GOOGLE_CLIENT_ID}
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
        return Answer(reverse("profile"), "Picture saved.")
    user.refresh_from_db()
    now = {name: getattr(user, name) for name in ProfileForm.base_fields}
    return _profile_page(request, ProfileForm(initial=now), form)


@guarding.guarded
def export(request: HttpRequest) -> HttpResponse:
    answer = JsonResponse(taking_along.everything(reader(request)), json_dumps_params={"indent": 2})
    answer["Content-Disposition"] = 'attachment; filename="openslot.json"'
    answer["Cache-Control"] = "no-store"
    return answer


@login_required
def erase(request: HttpRequest) -> HttpResponse:
    user = reader(request)
    by_google = _signs_in_by_google_alone(user)
    if by_google and not adapter.has_said_again(request):
        return render(request, "account/erase.html", {"by_google": True})
    form = EraseForm(posted(request), user=user, by_google=by_google)
    if request.method == "POST" and errors.carried_out(
        form, lambda: erasure.erase(user, via=Way.PAGE)
    ):
        logout(request)
        messages.success(request, "Your account is erased.")
        return redirect("home")
    return render(request, "account/erase.html", {"form": form}, status=400 if form.errors else 200)


def _signs_in_by_google_alone(user: User) -> bool:
    if user.has_usable_password() or not settings.GOOGLE_CLIENT_ID:
        return False
    return bool(SocialAccount.objects.filter(user=user, provider=adapter.GOOGLE).exists())


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
        told = "You are a provider now. Next: what you offer, and when."
        return Answer(reverse("services"), told)
    status = 400 if form.errors else 200
    return render(request, "account/become_provider.html", {"form": form}, status=status)
