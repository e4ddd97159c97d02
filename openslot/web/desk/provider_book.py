"""A provider books for somebody: a customer they know, or somebody new by name, e-mail or phone.

Any time will do, in the hours or not: only what overlaps is refused. More than one (a series, a
whole course) is shown first, and booked when that is confirmed.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openslot.accounts.models import Customer, Provider
from openslot.accounts.signing.forms import AddressField, LineField, PhoneField, ProseField
from openslot.appointments.booking import courses, making, preview
from openslot.appointments.booking.asking import Guest, Request
from openslot.appointments.desk import agenda
from openslot.appointments.models import Appointment, Way
from openslot.catalog.models import Service
from openslot.kernel import timerange
from openslot.kernel.timerange import Span
from openslot.web import errors
from openslot.web.booking import several
from openslot.web.desk import services
from openslot.web.desk.providers_only import DeskRequest, for_providers
from openslot.web.parts import repeats, unwilling
from openslot.web.parts.fields import ClockField, DayField, InstantField
from openslot.web.parts.pressing import Answer, once
from openslot.web.parts.requests import posted

NEW = ("email", "first_name", "last_name", "phone")
CUSTOMERS = 500  # to choose from; anybody else by e-mail


class CustomerChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """The provider's customers by name."""

    def label_from_instance(self, obj: Customer) -> str:
        return obj.name


class AskedForm(forms.Form):
    """The instant that a calendar has filled in; what makes none counts as not said."""

    at = InstantField(required=False)

    def start(self) -> datetime | None:
        start: datetime | None = self.cleaned_data["at"] if self.is_valid() else None
        return start


class ProviderBookForm(repeats.RepeatForm):
    now_and_then = ("first_name",)  # for somebody new

    service = forms.ModelChoiceField(Service.objects.none(), empty_label=None)
    date = DayField(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    time = ClockField()
    customer = CustomerChoice(
        Customer.objects.none(), required=False, empty_label=_("Somebody new"), label=_("For")
    )
    email = AddressField(label="E-mail", required=False, max_length=254)
    first_name = LineField(max_length=200, required=False)
    last_name = LineField(max_length=200, required=False)
    phone = PhoneField(required=False)
    repeat = forms.ChoiceField(required=False, choices=repeats.REPEATS, label=_("How often"))
    course = forms.BooleanField(
        required=False, label=_("With all that follows it: the whole course")
    )
    notes = ProseField(
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The customer can read it."),
    )

    def __init__(self, *args: Any, provider: Provider, **more: Any) -> None:
        super().__init__(*args, **more)
        mine = Customer.objects.of(provider)
        latest = mine.order_by("-created_at", "pk").values("pk")[:CUSTOMERS]
        shown = mine.filter(Q(pk__in=latest) | Q(pk=self._customer()))
        _offer(self, "service", services.own(provider).order_by("name", "pk"))
        _offer(self, "customer", shown.select_related("user").order_by("-created_at", "pk"))
        self.provider = provider
        self.courses = services.own(provider).filter(requires__isnull=False).exists()

    def _customer(self) -> UUID | None:
        """The customer whose page led here, or who was chosen; whoever it is, they can be."""
        value = (self.data or self.initial).get("customer")
        try:
            customer: UUID | None = forms.UUIDField(required=False).clean(value)
        except forms.ValidationError:
            return None
        return customer

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("course") and given.get("service"):
            self._check_course(given["service"])
        said = {"customer", *NEW} & self.errors.keys()
        called = any(given.get(name) for name in ("customer", "first_name", "last_name", "phone"))
        if not said and not called:
            self.add_error("first_name", gettext("Choose a customer, or give a name."))
        return given

    def _check_course(self, service: Service) -> None:
        if not courses.following_of(service):
            self.add_error("course", gettext("Nothing follows {service}.").format(service=service))

    def start(self) -> datetime:
        given = self.cleaned_data
        return timerange.instant(given["date"], given["time"], self.provider.zone)

    def asked(self) -> Request:
        """What is to be booked, and for whom."""
        given = self.cleaned_data
        guest = Guest(*(given[name] for name in NEW))
        customer = given["customer"].pk if given["customer"] else guest
        return self.wanted(given["service"], self.start(), customer=customer)

    @property
    def name(self) -> str:
        """Whom it is for."""
        given = self.cleaned_data
        if given["customer"]:
            return str(given["customer"].name)
        named = f"{given['first_name']} {given['last_name']}".strip()
        return named or str(given["email"] or given["phone"])


@for_providers
@once
def provider_book(request: DeskRequest) -> Answer | HttpResponse:
    form = ProviderBookForm(posted(request), provider=request.provider, initial=_asked(request))
    sent = request.method == "POST" and form.is_valid()
    against = _against(request, form) if sent else {}
    answer = _pressed(request, form) if sent and not against else None
    if answer is not None:
        return answer
    context: dict[str, Any] = {"form": form, "provider": request.provider, **against}
    status = 409 if against else errors.status(form)
    return render(request, "desk/book.html", context, status=status)


def _against(request: DeskRequest, form: ProviderBookForm) -> dict[str, Any]:
    """What the provider's own hours and time off say against the one time; of several it stands
    beside each.
    """
    if not form.once or request.POST.get("step"):
        return {}
    start = form.start()
    span = Span(start, start + form.cleaned_data["service"].duration)
    return unwilling.against(request, request.provider, span)


def _pressed(request: DeskRequest, form: ProviderBookForm) -> Answer | HttpResponse | None:
    """What the button asks for: the dates, or the booking; None where the form comes again."""
    step = request.POST.get("step", "")
    if step == "dates" and form.once:
        form.add_error("repeat", gettext("Choose how often."))
    if step == "change" or form.errors:
        return None
    wanted, by = form.asked(), request.user
    if form.once or step == "book":
        made = errors.outcome(form, lambda: making.book(wanted, by=by, via=Way.PAGE))
        return several.booked(made, told=_told(made.first)) if made else None
    dates = errors.outcome(form, lambda: preview.preview(wanted, by=by))
    return _dates(request, form, dates) if dates else None


def _told(made: Appointment) -> str:
    """Who gets a mail of it; nobody without an address."""
    customer = made.customer
    return made.customer_name if customer.user_id or customer.email else ""


def _dates(request: DeskRequest, form: ProviderBookForm, shown: preview.Preview) -> HttpResponse:
    """The dates, each with its verdict, by the provider's clock."""
    zone, course = request.provider.zone, form.cleaned_data["course"]
    dates = repeats.shown(shown, all_or_none=not course and form.stops)
    context = {
        "form": form,
        "provider": request.provider,
        "service": form.cleaned_data["service"],
        "course": course,
        "words": form.words(form.start(), zone=zone),
        **dates,
        "rows": _with_hours(request.provider, dates["rows"]),
        "clashes": dates["clashes"] and not course,
    }
    with timezone.override(zone):
        return render(request, "desk/book_several.html", context)


def _with_hours(provider: Provider, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The dates, and beside each that can be had what the provider's hours say against it."""
    spans = [Span(row["start"], row["end"]) for row in rows]
    said = agenda.unwilling(provider, spans=spans)
    return [
        row | {"against": against if row["free"] else None}
        for row, against in zip(rows, said, strict=True)
    ]


def _asked(request: DeskRequest) -> dict[str, Any]:
    """What a gap, a customer's page or a series has filled in; today where nothing is said."""
    zone = request.provider.zone
    today: date = timezone.now().astimezone(zone).date()
    asked = ("date", "time", "customer", "service")
    given: dict[str, Any] = {name: request.GET[name] for name in asked if name in request.GET}
    start = AskedForm(request.GET).start()
    if start:
        given |= {"date": start.astimezone(zone).date(), "time": start.astimezone(zone).time()}
    return {"date": today, "time": time(9)} | given


def _offer(form: forms.Form, name: str, rows: Any) -> None:
    """Let a choice be made among these rows alone."""
    field = form.fields[name]
    if isinstance(field, forms.ModelChoiceField):
        field.queryset = rows
