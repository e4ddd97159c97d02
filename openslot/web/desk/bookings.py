"""A provider's bookings as a list: filters, a search, and a file of it all."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from openslot.accounts.models import Provider
from openslot.accounts.signing.forms import LineField
from openslot.appointments.desk import listing
from openslot.appointments.models import Appointment, AppointmentQuerySet, Status
from openslot.catalog import pricing
from openslot.catalog.models import Service
from openslot.catalog.questions import written
from openslot.kernel.wording import texts
from openslot.web import errors
from openslot.web.desk import services
from openslot.web.desk.providers_only import DeskRequest, for_providers
from openslot.web.parts.fields import DayField

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PAGE = 30
AT_A_TIME = 1000  # bookings that are in memory for the file
COLUMNS = (
    *(_("Date"), _("Start"), _("End"), _("Time zone"), _("Customer"), _("E-mail"), _("Phone")),
    *(_("Service"), _("Status"), _("Price"), _("Currency"), _("Place"), _("Notes"), _("Answers")),
)


def day_field(label: StrOrPromise) -> DayField:
    control = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return DayField(label=label, required=False, widget=control)


class ListForm(forms.Form):
    """Which bookings; what is to come, where nothing is said."""

    now_and_then = ("search", "first", "last")

    search = LineField(
        required=False,
        max_length=200,
        label=_("Search"),
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": _("Name, e-mail or service")}
        ),
    )
    first = day_field(_("From"))
    last = day_field(_("To"))
    status = forms.ChoiceField(required=False, choices=[("", _("Any")), *Status.choices])
    service = forms.ModelChoiceField(Service.objects.none(), required=False, empty_label=_("Any"))
    page = forms.IntegerField(
        required=False, min_value=1, max_value=1_000_000, widget=forms.HiddenInput
    )

    def __init__(self, data: Any, *, provider: Provider, today: date) -> None:
        super().__init__(data or {"first": today})
        field = self.fields["service"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  (for the type checker)
        field.queryset = services.own(provider).order_by("name", "pk")
        self.provider = provider

    def clean(self) -> dict[str, Any]:
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if first and last and last < first:
            self.add_error("last", gettext("This lies before the first day."))
        return self.cleaned_data

    def chosen(self) -> AppointmentQuerySet:
        """Nothing, where the form says what is wrong."""
        if not self.is_valid():
            return Appointment.objects.none()
        given = self.cleaned_data
        return listing.listed(
            self.provider,
            first=given["first"],
            last=given["last"],
            status=given["status"],
            service=given["service"].pk if given["service"] else None,
            search=given["search"],
        )

    def part(self, part: slice) -> list[Appointment]:
        """Some of those; what most people ask for, all that is to come, is composed once."""
        narrowing = {name for name, value in self.cleaned_data.items() if value} - {"page"}
        if self.is_valid() and narrowing == {"first"}:
            return listing.coming(self.provider, first=self.cleaned_data["first"], part=part)
        return list(self.chosen()[part])

    def query(self, **more: Any) -> str:
        """What the address says, without the page."""
        said = {name: self.data.get(name, "") for name in self.fields if name != "page"}
        return urlencode({name: value for name, value in (said | more).items() if value})


@require_GET
@for_providers
def bookings(request: DeskRequest) -> HttpResponse:
    form = _form(request)
    number = (form.cleaned_data.get("page") if form.is_valid() else None) or 1
    begin = (number - 1) * PAGE
    rows = form.part(slice(begin, begin + PAGE + 1))
    context = {
        "form": form,
        "filters": [form[name] for name in form.fields if name != "page"],
        "rows": rows[:PAGE],
        "today": timezone.localdate(timezone=request.provider.zone),
        "csv_href": f"{reverse('bookings_csv')}?{form.query()}",
        "previous": f"?{form.query(page=number - 1)}" if number > 1 else "",
        "next": f"?{form.query(page=number + 1)}" if len(rows) > PAGE else "",
        "narrowed": bool(request.GET),
        "provider": request.provider,
    }
    with timezone.override(request.provider.zone):
        return render(request, "desk/bookings.html", context, status=errors.status(form))


@require_GET
@for_providers
def bookings_csv(request: DeskRequest) -> HttpResponse:
    """All of the list, by the provider's clock."""
    form = _form(request)
    if not form.is_valid():
        return bookings(request)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    rows = form.chosen().iterator(chunk_size=AT_A_TIME)
    csv.writer(answer).writerows(_lines(rows, request.provider))
    answer["Content-Disposition"] = 'attachment; filename="bookings.csv"'
    answer["Cache-Control"] = "no-store"
    return answer


def _form(request: DeskRequest) -> ListForm:
    today = timezone.localdate(timezone=request.provider.zone)
    return ListForm(request.GET, provider=request.provider, today=today)


def _lines(rows: Iterable[Appointment], provider: Provider) -> Iterator[list[Any]]:
    yield [str(name) for name in COLUMNS]
    for each in rows:
        starts, ends = each.start.astimezone(provider.zone), each.end.astimezone(provider.zone)
        user = each.customer.user
        yield [
            texts.cell(value)
            for value in (
                *(f"{starts:%Y-%m-%d}", f"{starts:%H:%M}", f"{ends:%H:%M}", provider.timezone),
                *(each.customer_name, user.email if user else each.customer.email),
                *(user.phone if user else "", each.service.name, Status(each.status).label),
                *(
                    pricing.rounded(each.price).amount,
                    each.price.currency.code,
                    each.location_text,
                    each.notes,
                    "; ".join(f"{said['label']}: {written(said)}" for said in each.answers),
                ),
            )
        ]
