"""What customers read about a provider, and the rules by which they book."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from openslot.accounts import photos, rules
from openslot.accounts.models import LocationKind, Provider
from openslot.accounts.signing.forms import LineField, ProseField
from openslot.appointments.desk import rehearsal
from openslot.catalog import offering
from openslot.catalog.models import Category, Service
from openslot.kernel.timerange import Span
from openslot.web import errors
from openslot.web.desk.providers_only import DeskRequest, for_providers
from openslot.web.parts import partials
from openslot.web.parts.fields import ZoneField, of_column
from openslot.web.parts.photos import PhotoForm
from openslot.web.parts.pressing import Answer, once

Days = list[tuple[date, list[Span]]]
PREVIEWED = 14  # days in which times are counted
DAYS = 3  # as many with room are shown


class Section(NamedTuple):
    """Fields that belong together, and what they are for."""

    title: str
    text: str
    names: tuple[str, ...]
    previewed: bool = False  # what follows from its rules is shown under it


SECTIONS = (
    Section("You", "What customers read first.", ("name", "headline", "bio", "categories")),
    Section(
        "Place",
        "Where appointments take place, unless a service says otherwise. Your hours are kept in "
        "your time zone.",
        ("location_kind", "location_text", "timezone"),
    ),
    *(
        Section(
            group.title,
            group.text,
            tuple(rule.name for rule in group.rules),
            previewed="buffer_after_minutes" in {rule.name for rule in group.rules},
        )
        for group in rules.GROUPS
    ),
    Section("Visible", "", ("active",)),
)


class ProviderForm(forms.Form):
    name = LineField(max_length=200)
    headline = LineField(
        max_length=200, required=False, help_text="One line: what you do, and for whom."
    )
    bio = ProseField(
        label="About you",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    categories = forms.ModelMultipleChoiceField(
        Category.objects.all(),
        to_field_name="slug",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Where customers find you. The categories of your services count as well.",
    )
    location_kind = forms.ChoiceField(label="Where", choices=LocationKind.choices)
    location_text = LineField(
        label="Address, link or number",
        max_length=500,
        required=False,
        help_text="It stands on the appointment and in its mails.",
    )
    timezone = ZoneField(label="Time zone")
    vars().update(
        {
            column.name: of_column(column, label=rule.label, help_text=rule.help_text)
            for column in rules.COLUMNS
            for rule in [rules.ALL[column.name]]
        }
    )
    active = forms.BooleanField(
        label="Customers find me and can book",
        required=False,
        help_text="Switched off, you are shown nowhere. What is booked stays.",
    )

    def sections(self) -> Iterator[tuple[Section, list[forms.BoundField]]]:
        for section in SECTIONS:
            yield section, [self[name] for name in section.names]


@for_providers
@once
def provider_profile(request: DeskRequest) -> Answer | HttpResponse:
    provider = request.provider
    if request.method == "POST":
        form = ProviderForm(request.POST)
        if "preview" in request.POST:
            return _page(request, form=form, photo=PhotoForm(), tried=_tried(form))
        if errors.carried_out(form, lambda: _change(provider, **form.cleaned_data)):
            return Answer(reverse("provider_profile"), "Saved.")
    else:
        form = ProviderForm(initial=_as_it_stands(provider))
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
        return Answer(reverse("provider_profile"), "Your photo is in its place.")
    return _page(request, form=ProviderForm(initial=_as_it_stands(request.provider)), photo=form)


def _page(
    request: DeskRequest,
    *,
    form: ProviderForm,
    photo: PhotoForm,
    tried: dict[str, Any] | None = None,
) -> HttpResponse:
    """With what would be on offer by the rules in the form, where that was asked for."""
    shown = Provider.objects.get(pk=request.provider.pk)
    context = {"form": form, "photo_form": photo, "provider": shown, "tried": tried is not None}
    context["preview"] = _preview(shown, tried or {}, now=timezone.now())
    status = 200 if tried is not None else errors.status(form, photo)
    return partials.answer(
        request, "desk/provider_profile.html", context, part="rules-preview", status=status
    )


def _tried(form: ProviderForm) -> dict[str, Any]:
    """The rules as they are typed; what makes no sense counts as it stands."""
    form.is_valid()
    return {name: value for name, value in form.cleaned_data.items() if name in rehearsal.RULES}


def _preview(provider: Provider, tried: dict[str, Any], *, now: datetime) -> dict[str, Any]:
    """When the first service by name can be had; nothing without a service."""
    offers = Service.objects.offered().filter(provider=provider).select_related("provider")
    service = offers.order_by("name", "pk").first()
    if service is None:
        return {}
    stands = _fortnight(service, rules={}, now=now)
    would = _fortnight(service, rules=tried, now=now) if tried else stands
    return {
        "service": service,
        "days": [(day, found) for day, found in would if found][:DAYS],
        "count": sum(len(found) for _, found in would),
        "before": sum(len(found) for _, found in stands),
    }


def _fortnight(service: Service, *, rules: dict[str, Any], now: datetime) -> Days:
    today = timezone.localdate(now, timezone=service.provider.zone)
    last = today + timedelta(days=PREVIEWED - 1)
    return rehearsal.offered(service, rules=rules, first=today, last=last, now=now)


def _as_it_stands(provider: Provider) -> dict[str, Any]:
    names = [name for section in SECTIONS for name in section.names if name != "categories"]
    return {name: getattr(provider, name) for name in names} | {
        "categories": list(provider.categories.values_list("slug", flat=True))
    }


def _change(provider: Provider, *, categories: Any, **fields: Any) -> None:
    slugs = [category.slug for category in categories]
    offering.change_practice(provider, categories=slugs, **fields)
