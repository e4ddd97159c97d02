"""What a provider sells: the list, and one to make, change or remove."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from openslot.accounts.models import LocationKind, Provider
from openslot.accounts.signing.forms import LineField, ProseField
from openslot.catalog import offering, pricing
from openslot.catalog.models import Category, Pricing, Service, ServiceQuerySet
from openslot.kernel.errors import Invalid
from openslot.kernel.wording import amounts, languages
from openslot.web import errors
from openslot.web.desk.providers_only import DeskRequest, for_providers
from openslot.web.parts import beginning
from openslot.web.parts.pressing import Answer, once
from openslot.web.parts.requests import posted
from openslot.web.saving.asread import AsRead

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PLAIN = (
    "name",
    "description",
    "duration_minutes",
    "pricing",
    "location_kind",
    "location_text",
    "buffer_before_minutes",
    "buffer_after_minutes",
    "requires_min_days",
    "requires_max_days",
    "instructions",
    "recurring",
    "active",
)
COMMON = ("EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "JPY", "CAD", "AUD")


def currencies() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every currency by its code and name, those that most people want first."""
    named = _named(get_language() or languages.FALLBACK)
    others = sorted(named.keys() - set(COMMON))
    return [
        (gettext("Common"), [(code, named[code]) for code in COMMON]),
        (gettext("Others"), [(code, named[code]) for code in others]),
    ]


@functools.cache
def _named(language: str) -> dict[str, str]:
    """What a language calls each of them, behind its code."""
    with translation.override(language):
        return {code: f"{code} {amounts.currency(code)}" for code in {*COMMON, *pricing.TENDER}}


class ServiceForm(AsRead):
    now_and_then = ("requires_min_days", "requires_max_days")  # where it comes after another

    name = LineField(max_length=200)
    description = ProseField(
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What happens, what to bring, whom it is for."),
    )
    category = forms.ModelChoiceField(
        Category.objects.all(), to_field_name="slug", required=False, empty_label=_("None")
    )
    duration_minutes = forms.IntegerField(
        label=_("Length (minutes)"), min_value=1, max_value=1440, initial=60
    )
    pricing = forms.ChoiceField(
        label=_("The price is"),
        choices=[(Pricing.FIXED, _("for one appointment")), (Pricing.HOURLY, _("for an hour"))],
        initial=Pricing.FIXED,
        widget=forms.RadioSelect,
    )
    price = forms.DecimalField(
        label=_("Price"),
        min_value=0,
        max_digits=12,
        decimal_places=4,
        help_text=_("0: free of charge."),
    )
    currency = forms.ChoiceField(choices=currencies)
    location_kind = forms.ChoiceField(
        label=_("Where"), choices=[("", _("As on my page")), *LocationKind.choices], required=False
    )
    location_text = LineField(label=_("Address, link or number"), max_length=500, required=False)
    buffer_before_minutes = forms.IntegerField(
        label=_("Kept free before (minutes)"), min_value=0, max_value=1440, required=False
    )
    buffer_after_minutes = forms.IntegerField(
        label=_("Kept free after (minutes)"), min_value=0, max_value=1440, required=False
    )
    requires = forms.ModelChoiceField(
        Service.objects.none(),
        label=_("Comes after"),
        required=False,
        empty_label=_("Nothing, it can be booked by itself"),
    )
    requires_min_days = forms.IntegerField(
        label=_("At least (days later)"), min_value=0, max_value=3650, required=False
    )
    requires_max_days = forms.IntegerField(
        label=_("At most (days later)"), min_value=0, max_value=3650, required=False
    )
    instructions = ProseField(
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "Told to whoever has booked, in the mail and on the page. Links can be followed."
        ),
    )
    recurring = forms.BooleanField(
        label=_("Customers can book it again and again"),
        required=False,
        initial=True,
        help_text=_("Every week, say, in one go. Switched off, only you book a series of it."),
    )
    active = forms.BooleanField(
        label=_("Customers can book it"),
        required=False,
        initial=True,
        help_text=_("Switched off, it is shown nowhere. What is booked stays."),
    )

    def __init__(
        self, *args: Any, provider: Provider, service: Service | None, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.stands = service is not None
        others = own(provider).exclude(pk=service.pk) if service else own(provider)
        field = self.fields["requires"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  (for the type checker)
        field.queryset = others
        for name, theirs in (
            ("buffer_before_minutes", provider.buffer_before_minutes),
            ("buffer_after_minutes", provider.buffer_after_minutes),
        ):
            self.fields[name].help_text = gettext("Empty: {theirs}, as on your page.").format(
                theirs=theirs
            )

    def sections(self) -> Iterator[tuple[StrOrPromise, StrOrPromise, list[forms.BoundField]]]:
        for title, text, names in SECTIONS:
            yield title, text, [self[name] for name in names]

    def clean(self) -> dict[str, Any]:
        days = [self.cleaned_data.get(name) for name in ("requires_min_days", "requires_max_days")]
        if self.cleaned_data.get("requires") and None in days and not self.errors:
            self.add_error(
                "requires", gettext("Say how many days later it can be booked, from and to.")
            )
        return self.cleaned_data

    def offer(self) -> offering.Offer:
        """What the domain takes of it."""
        given = dict(self.cleaned_data)
        least, most = given.pop("requires_min_days"), given.pop("requires_max_days")
        first, category = given["requires"], given["category"]
        given["requires"] = offering.Requires(first.pk, least, most) if first else None
        given["category"] = category.slug if category else None
        given["rate" if given["pricing"] == Pricing.HOURLY else "price"] = given.pop("price")
        return cast("offering.Offer", given)


SECTIONS = (
    (
        _("What"),
        _("How customers find it and what they read."),
        ("name", "description", "category"),
    ),
    (
        _("Length and price"),
        _("What is booked keeps the price it was booked at."),
        ("duration_minutes", "pricing", "price", "currency"),
    ),
    (_("Place"), "", ("location_kind", "location_text")),
    (
        _("Room to breathe"),
        _("Time kept free around it in your calendar; customers do not see it."),
        ("buffer_before_minutes", "buffer_after_minutes"),
    ),
    (
        _("Order"),
        _("A follow-up, say, after a first visit: days are counted from the day that one ends."),
        ("requires", "requires_min_days", "requires_max_days"),
    ),
    (_("Once it is booked"), _("How to get in, what to bring."), ("instructions",)),
    (_("Series"), "", ("recurring",)),
    (_("Visible"), "", ("active",)),
)


@require_GET
@for_providers
def services(request: DeskRequest) -> HttpResponse:
    offered = own(request.provider).select_related("category", "requires")
    offers = [{"service": item, "price": pricing.price(item)} for item in offered]
    return render(request, "desk/services.html", {"offers": offers})


@for_providers
@once
def new(request: DeskRequest) -> Answer | HttpResponse:
    provider = request.provider
    form = ServiceForm(posted(request), provider=provider, service=None, initial=_usual(provider))
    if request.method == "POST" and errors.carried_out(
        form, lambda: _told(offering.offer, provider, form)
    ):
        return Answer(reverse("services"), _saved(provider, form))
    return _page(request, form)


def _saved(provider: Provider, form: ServiceForm) -> str:
    """That it is there; that it can be booked only where it can be."""
    name = form.cleaned_data["name"]
    if not form.cleaned_data["active"]:
        return gettext("{name} is saved.").format(name=name)
    if not beginning.has_hours(provider):
        return gettext("{name} is saved. Customers can book it once your hours say when.").format(
            name=name
        )
    return gettext("{name} is on offer.").format(name=name)


@for_providers
@once
def service(request: DeskRequest, pk: UUID) -> Answer | HttpResponse:
    offer = get_object_or_404(own(request.provider), pk=pk)
    form = ServiceForm(
        posted(request), provider=request.provider, service=offer, initial=_stands(offer)
    )
    if request.method == "POST" and errors.carried_out(
        form, lambda: _told(offering.change, offer, form)
    ):
        told = gettext("Saved. What is booked already stays as it was booked.")
        return Answer(reverse("services"), told)
    return _page(request, form, service=get_object_or_404(own(request.provider), pk=pk))


@require_POST
@for_providers
@errors.returning("service", "pk")
@once
def remove(request: DeskRequest, pk: UUID) -> Answer:
    offer = get_object_or_404(own(request.provider), pk=pk)
    offering.remove(offer)
    return Answer(
        reverse("services"),
        gettext("{name} is offered no more. What is booked stays.").format(name=offer.name),
    )


def own(provider: Provider) -> ServiceQuerySet:
    """Those of the provider that are not removed; what is switched off comes last."""
    return (
        Service.objects.kept()
        .filter(provider=provider)
        .select_related("provider")
        .order_by("-active", "name", "pk")
    )


def _told(act: Callable[..., Service], subject: Provider | Service, form: ServiceForm) -> Service:
    """Carry out; the form has one field for what the domain calls price or rate."""
    try:
        return act(subject, **form.offer())
    except Invalid as error:
        told = dict(error.errors)
        if "rate" in told:
            told["price"] = told.pop("rate")
        raise Invalid(**dict(told)) from error


def _page(request: DeskRequest, form: ServiceForm, **context: Any) -> HttpResponse:
    return render(
        request, "desk/service.html", {"form": form, **context}, status=errors.status(form)
    )


def _usual(provider: Provider) -> dict[str, Any]:
    """A new service begins in the currency of the others."""
    latest = Service.objects.filter(provider=provider).order_by("pk").last()
    return {"currency": latest.tariff.currency.code if latest else "EUR"}


def _stands(service: Service) -> dict[str, Any]:
    plain = {name: getattr(service, name) for name in PLAIN}
    return plain | {
        "category": service.category.slug if service.category else None,
        "price": pricing.rounded(service.tariff).amount,
        "currency": service.tariff.currency.code,
        "requires": service.requires_id,
    }
