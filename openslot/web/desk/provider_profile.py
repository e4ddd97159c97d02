"""What customers read about a provider."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from openslot.accounts import photos
from openslot.accounts.models import LocationKind, Provider
from openslot.accounts.signing.forms import LineField, ProseField
from openslot.catalog import offering
from openslot.catalog.models import Category
from openslot.web import errors
from openslot.web.desk.providers_only import DeskRequest, for_providers
from openslot.web.parts.fields import ZoneField
from openslot.web.parts.photos import PhotoForm
from openslot.web.parts.pressing import Answer, once
from openslot.web.parts.requests import posted
from openslot.web.saving.asread import AsRead

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Section(NamedTuple):
    """Fields that belong together, and what they are for."""

    title: StrOrPromise
    text: StrOrPromise
    names: tuple[str, ...]


SECTIONS = (
    Section(_("You"), _("What customers read first."), ("name", "headline", "bio", "categories")),
    Section(
        _("Place"),
        _(
            "Where appointments take place, unless a service says otherwise. "
            "Your hours are kept in your time zone."
        ),
        ("location_kind", "location_text", "timezone"),
    ),
    Section(_("Visible"), "", ("slug", "active")),
)


class ProviderForm(AsRead):
    name = LineField(max_length=200)
    headline = LineField(
        max_length=200, required=False, help_text=_("One line: what you do, and for whom.")
    )
    bio = ProseField(
        label=_("About you"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    categories = forms.ModelMultipleChoiceField(
        Category.objects.all(),
        to_field_name="slug",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Where customers find you. The categories of your services count as well."),
    )
    location_kind = forms.ChoiceField(label=_("Where"), choices=LocationKind.choices)
    location_text = LineField(
        label=_("Address, link or number"),
        max_length=500,
        required=False,
        help_text=_("It stands on the appointment and in its mails."),
    )
    timezone = ZoneField(label=_("Time zone"))
    slug = LineField(
        label=_("Address of your page"),
        max_length=80,
        help_text=_("What follows /p/ in it. The address before leads on to the new one."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    active = forms.BooleanField(
        label=_("Customers find me and can book"),
        required=False,
        help_text=_("Switched off, you are shown nowhere. What is booked stays."),
    )

    def sections(self) -> Iterator[tuple[Section, list[forms.BoundField]]]:
        for section in SECTIONS:
            yield section, [self[name] for name in section.names]


@for_providers
@once
def provider_profile(request: DeskRequest) -> Answer | HttpResponse:
    provider = request.provider
    form = ProviderForm(posted(request), initial=_as_it_stands(provider))
    if request.method == "POST" and errors.carried_out(
        form, lambda: _change(provider, **form.cleaned_data)
    ):
        return Answer(reverse("provider_profile"), gettext("Saved."))
    return _page(request, form=form, photo=PhotoForm())


@require_POST
@for_providers
@once
def provider_photo(request: DeskRequest) -> Answer | HttpResponse:
    """Put a photo, or take it away."""
    if "remove" in request.POST:
        photos.remove(request.provider)
        return Answer(reverse("provider_profile"))
    form = PhotoForm(request.POST, request.FILES)
    if errors.carried_out(form, lambda: photos.put(request.provider, form.cleaned_data["photo"])):
        return Answer(reverse("provider_profile"), gettext("Your photo is in its place."))
    return _page(request, form=ProviderForm(initial=_as_it_stands(request.provider)), photo=form)


def _page(request: DeskRequest, *, form: ProviderForm, photo: PhotoForm) -> HttpResponse:
    shown = Provider.objects.get(pk=request.provider.pk)
    context = {"form": form, "photo_form": photo, "provider": shown}
    status = errors.status(form, photo)
    return render(request, "desk/provider_profile.html", context, status=status)


def _as_it_stands(provider: Provider) -> dict[str, Any]:
    names = [name for section in SECTIONS for name in section.names if name != "categories"]
    return {name: getattr(provider, name) for name in names} | {
        "categories": list(provider.categories.values_list("slug", flat=True))
    }


def _change(provider: Provider, *, categories: Any, **fields: Any) -> None:
    slugs = [category.slug for category in categories]
    offering.change_practice(provider, categories=slugs, **fields)
