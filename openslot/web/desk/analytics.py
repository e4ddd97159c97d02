"""A provider's figures as a page: totals, a chart with its table, the week's heat map, CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET
from moneyed import Money

from openslot.accounts.models import Provider
from openslot.analytics import report
from openslot.analytics.periods import Interval
from openslot.analytics.report import Hour, Report
from openslot.catalog import pricing
from openslot.kernel.errors import Invalid
from openslot.kernel.wording import amounts, texts
from openslot.web import errors
from openslot.web.desk.providers_only import DeskRequest, for_providers
from openslot.web.parts.fields import DayField

USUAL = 30  # days, today among them
SHADES = 5
BY = {"day": _("By day"), "week": _("By week"), "month": _("By month")}
STEPS = [("", _("Fitting steps")), *((each.value, BY[each.value]) for each in Interval)]


class DatesForm(forms.Form):
    """Which dates; the last thirty where nothing is said."""

    interval = forms.ChoiceField(label=_("Steps"), choices=STEPS, required=False)

    def __init__(self, data: Any, *, today: date) -> None:
        super().__init__(data or {"from": today - timedelta(USUAL - 1), "to": today})
        for name, label in (("from", gettext("From")), ("to", gettext("To"))):
            widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            self.fields[name] = DayField(label=label, widget=widget)
        self.order_fields(["from", "to", "interval"])

    def report(self, provider: Provider) -> Report | None:
        """The figures, or None where the form says what is wrong."""
        if not self.is_valid():
            return None
        asked = self.cleaned_data
        interval = Interval(asked["interval"]) if asked["interval"] else None
        try:
            return report.report(provider, first=asked["from"], last=asked["to"], interval=interval)
        except Invalid as error:
            errors.beside(self, error)
            return None


@require_GET
@for_providers
def analytics(request: DeskRequest) -> HttpResponse:
    today = timezone.localdate(timezone=request.provider.zone)
    form = DatesForm(request.GET, today=today)
    figures = form.report(request.provider)
    context: dict[str, Any] = {"form": form, "spans": list(_spans(today)), "figures": figures}
    if figures:
        context |= _shown(figures)
    return render(request, "desk/analytics.html", context, status=errors.status(form))


@require_GET
@for_providers
def analytics_csv(request: DeskRequest) -> HttpResponse:
    """A line for each interval; the revenue of every currency in a column of its own."""
    today = timezone.localdate(timezone=request.provider.zone)
    figures = DatesForm(request.GET, today=today).report(request.provider)
    if figures is None:
        return analytics(request)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"analytics-{figures.period.start}-{figures.period.end}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    csv.writer(answer).writerows([texts.cell(each) for each in row] for row in _lines(figures))
    return answer


def _spans(today: date) -> Iterator[dict[str, str]]:
    """Links to the periods that people look at most."""
    month = today.replace(day=1)
    last_month = month - timedelta(1)
    for words, first, last in (
        (gettext("Last 7 days"), today - timedelta(6), today),
        (gettext("Last 30 days"), today - timedelta(USUAL - 1), today),
        (gettext("This month"), month, (month + timedelta(31)).replace(day=1) - timedelta(1)),
        (gettext("Last month"), last_month.replace(day=1), last_month),
        (gettext("This year"), today.replace(month=1, day=1), today.replace(month=12, day=31)),
    ):
        yield {"words": words, "href": "?" + urlencode({"from": f"{first}", "to": f"{last}"})}


def _shown(figures: Report) -> dict[str, Any]:
    now, before = figures.totals, figures.previous
    dates = {"from": f"{figures.period.start}", "to": f"{figures.period.end}"}
    query = urlencode(dates | {"interval": figures.interval.value})
    return {
        "csv_href": f"{reverse('analytics_csv')}?{query}",
        "stats": [
            _counted(gettext("Appointments"), now.appointments, before.appointments),
            _counted(gettext("Customers"), now.customers, before.customers),
            _counted(gettext("New customers"), now.new_customers, before.new_customers),
            (gettext("Time used"), _percent(now.utilisation), _percent(before.utilisation)),
            (
                gettext("Cancelled"),
                _percent(now.cancellation_rate),
                _percent(before.cancellation_rate),
            ),
            (gettext("No-shows"), _percent(now.no_show_rate), _percent(before.no_show_rate)),
        ],
        "sums": [
            (gettext("Earned"), now.revenue, before.revenue),
            (gettext("Expected"), now.expected, before.expected),
            (gettext("Missed"), now.missed, before.missed),
        ],
        "statuses": [(name, count) for name, count in now.by_status.items() if count],
        "pieces": [(piece, _percent(piece.utilisation)) for piece in figures.intervals],
        "chart": _chart(figures),
        "heat": _heat(figures.busiest),
    }


def _counted(name: str, now: int, before: int) -> tuple[str, str, str]:
    return name, amounts.number(now), amounts.number(before)


def _percent(rate: Decimal | None) -> str:
    return "–" if rate is None else amounts.per_cent(rate)


def _chart(figures: Report) -> dict[str, Any]:
    """What the script draws; the table beside it says the same."""
    codes = sorted({str(each.currency) for piece in figures.intervals for each in piece.revenue})
    return {
        "labels": [piece.start.isoformat() for piece in figures.intervals],
        "appointments": [piece.appointments for piece in figures.intervals],
        "revenue": {
            code: [float(_amount(piece.revenue, code)) for piece in figures.intervals]
            for code in codes
        },
    }


def _amount(sums: list[Money], code: str) -> Decimal:
    total = next((each for each in sums if str(each.currency) == code), Money(0, code))
    amount: Decimal = pricing.rounded(total).amount
    return amount


def _heat(busiest: list[Hour]) -> list[dict[str, Any]]:
    """A row for each day of the week: its hours with a shade from 0 to 5, and the words for it."""
    booked = {(each.weekday, each.hour): each.minutes for each in busiest}
    most = max(booked.values(), default=0)
    first, last = (
        min((hour for _, hour in booked), default=8),
        max((hour for _, hour in booked), default=17),
    )
    return [
        {
            "day": WEEKDAYS[weekday - 1],
            "hours": [
                {
                    "hour": hour,
                    "minutes": booked.get((weekday, hour), 0),
                    "shade": -(-booked.get((weekday, hour), 0) * SHADES // most) if most else 0,
                }
                for hour in range(first, last + 1)
            ],
        }
        for weekday in range(1, 8)
    ]


def _lines(figures: Report) -> Iterator[list[Any]]:
    codes = sorted({str(each.currency) for piece in figures.intervals for each in piece.revenue})
    yield [
        *(gettext("from"), gettext("to"), gettext("appointments"), gettext("booked minutes")),
        *(gettext("offered minutes"), gettext("utilisation")),
        *(gettext("revenue {currency}").format(currency=code) for code in codes),
    ]
    for piece in figures.intervals:
        yield [
            *(piece.start, piece.end, piece.appointments, piece.booked_minutes),
            *(piece.offered_minutes, "" if piece.utilisation is None else piece.utilisation),
            *(_amount(piece.revenue, code) for code in codes),
        ]
