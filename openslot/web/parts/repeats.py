"""How often, in words: what a form asks, what a rule says, and why a date cannot be had."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from openslot.accounts.signing.forms import ProseField
from openslot.appointments.booking.asking import Extension, Guest, Request
from openslot.appointments.booking.preview import Occurrence, Preview
from openslot.appointments.errors import Refused
from openslot.appointments.models import Series
from openslot.catalog.models import Service
from openslot.kernel import timerange
from openslot.kernel.recurrence import WEEKDAYS
from openslot.kernel.wording import dates
from openslot.web.parts.fields import DayField

RULES = {
    "daily": "FREQ=DAILY",
    "weekly": "FREQ=WEEKLY",
    "fortnightly": "FREQ=WEEKLY;INTERVAL=2",
    "monthly": "FREQ=MONTHLY",
}
REPEATS = (
    ("", _("Does not repeat")),
    ("daily", _("Every day")),
    ("weekly", _("Every week")),
    ("fortnightly", _("Every 2 weeks")),
    ("monthly", _("Every month")),
)
CLASHES = (
    ("skip", _("Leave it out")),
    ("shift", _("Take the nearest free time that day")),
    ("fail", _("Book nothing at all")),
)
MOST = 52

REASONS = {
    "slot_taken": _("Already taken"),
    "slot_unavailable": _("Not open for booking then"),
    "customer_busy": _("Another appointment at that time"),
    "limit_reached": _("Too many open requests at the moment"),
    "prerequisite_missing": _("What has to come first does not fit its days"),
    "too_late": _("Too late to change it here"),
    "invalid_transition": _("Its state does not allow this"),
}
LEFT_OUT = {
    "slot_taken": _("Another appointment stood there"),
    "slot_unavailable": _("Outside the hours, away or busy then, or too far ahead"),
    "limit_reached": _("Too many requests were open"),
}
TOLD = {"slot_unavailable", "limit_reached"}  # whose error says more than its code
DAY_NAMES = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)


class ClashForm(forms.Form):
    """Until when, and what becomes of dates that cannot be had."""

    until = DayField(
        required=False,
        label=_("Or until"),
        help_text=_("A date counts instead of the number."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    clashes = forms.ChoiceField(
        required=False,
        label=_("Where a date is not free"),
        choices=CLASHES,
        initial="skip",
        widget=forms.RadioSelect,
    )
    notes = ProseField(
        required=False,
        max_length=2000,
        label=_("Notes"),
        help_text=_("The same for each. Both of you can read it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    @property
    def on_conflict(self) -> str:
        return self.cleaned_data.get("clashes") or "skip"


class RepeatForm(ClashForm):
    """One time, or more of them; `course` asks for a service with all that follows it instead."""

    repeat = forms.ChoiceField(
        required=False, choices=REPEATS, initial="weekly", label=_("How often")
    )
    times = forms.IntegerField(
        required=False, min_value=2, max_value=MOST, initial=6, label=_("How many times")
    )
    course = forms.BooleanField(required=False, widget=forms.HiddenInput)

    field_order = ("repeat", "times", "until", "clashes", "course", "notes")

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        ends = given.get("times") or given.get("until")
        if given.get("repeat") and given.get("course"):
            self.add_error("repeat", gettext("A whole course does not repeat."))
        if given.get("repeat") and not ends and not {"times", "until"} & self.errors.keys():
            self.add_error("times", gettext("Say how many times, or until when."))
        return given

    @property
    def stops(self) -> bool:
        """Whether a date that clashes stops all."""
        return self.is_valid() and self.on_conflict == "fail"

    @property
    def once(self) -> bool:
        """Whether a single appointment is meant."""
        given = self.cleaned_data
        return not given.get("repeat") and not given.get("course")

    def words(self, start: datetime, *, zone: ZoneInfo) -> str:
        """The rule that was asked for, as people say it; empty for a course."""
        return "" if self.data.get("course") else words(self.rule, start=start, zone=zone)

    @property
    def rule(self) -> str:
        until = self.cleaned_data["until"]
        ends = f"UNTIL={until:%Y%m%d}" if until else f"COUNT={self.cleaned_data['times']}"
        return f"{RULES[self.cleaned_data['repeat']]};{ends}"

    def wanted(
        self, service: Service, start: datetime, *, customer: UUID | Guest | None = None
    ) -> Request:
        """What the form asks for: one appointment, a series, or a whole course."""
        notes, course = self.cleaned_data["notes"], self.cleaned_data["course"]
        request = Request(
            service=service.pk, start=start, customer=customer, follow_ups=course, notes=notes
        )
        if self.once or course:
            return request
        return replace(request, recurrence=self.rule, on_conflict=self.on_conflict)


class ExtendForm(ClashForm):
    """How much longer a series goes on."""

    count = forms.IntegerField(
        required=False, min_value=1, max_value=MOST, initial=12, label=_("How many more")
    )

    rule = forms.CharField(required=False, widget=forms.HiddenInput)  # as the page has seen it

    field_order = ("count", "until", "clashes", "rule", "notes")

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        ends = given.get("count") or given.get("until")
        if not ends and not {"count", "until"} & self.errors.keys():
            self.add_error("count", gettext("Say how many more, or until when."))
        return given

    def wanted(self, series: Series) -> Extension:
        """By how much the form lets the series go on."""
        given = self.cleaned_data
        return Extension(
            series=series.pk,
            count=None if given["until"] else given["count"],
            until=given["until"],
            on_conflict=self.on_conflict,
            notes=given["notes"],
            expected=given["rule"] or None,
        )


def reason(code: str | None) -> str:
    """Why a date cannot be had, in a few words."""
    return str(REASONS.get(code, _("Cannot be booked"))) if code else ""


def left_out(date: Mapping[str, str], service: Service, *, provides: bool) -> str:
    """Why a date was left out when the series was booked: what was said then, or else all that
    its code tells.
    """
    code = date["reason"]
    if code in TOLD and date.get("detail"):
        return date["detail"].rstrip(".")
    if code == "customer_busy":
        if provides:  # where else their customers are is not theirs to know
            return gettext("It could not be had when the series was booked")
        return gettext("You had another appointment at that time")
    if code == "prerequisite_missing" and service.requires is not None:
        return gettext("{requires} did not come the right number of days before").format(
            requires=service.requires
        )
    return str(LEFT_OUT.get(code) or reason(code))


def shown(looked_at: Preview | None, *, all_or_none: bool = False) -> dict[str, Any]:
    """A preview as booking/dates.html and booking/dates_total.html draw it."""
    dates = [_row(each) for each in looked_at.occurrences] if looked_at else []
    free = sum(row["free"] for row in dates)
    missing = looked_at.missing if looked_at else None
    if missing:  # the first of the course could be had
        dates[0] |= {"free": True, "reason": ""}
    return {
        "rows": dates,
        "free": free,
        "stopped": all_or_none and free < len(dates),
        "missing": missing,
        "clashes": any(not row["free"] or row["instead_of"] for row in dates) and not missing,
        "total": looked_at.total_price if looked_at else None,
    }


def _row(each: Occurrence) -> dict[str, Any]:
    why = _why(each.refusal)
    return {
        "service": each.service,
        "start": each.start,
        "end": each.end,
        "free": each.free,
        "reason": "" if each.free else why,
        "instead_of": each.shifted_from,
        "instead_why": why[:1].lower() + why[1:],
    }


def _why(refusal: Refused | None) -> str:
    if refusal is not None and refusal.code in TOLD:
        return refusal.detail.rstrip(".")
    return reason(refusal.code if refusal else None)


def words(recurrence: str, *, start: datetime, zone: ZoneInfo) -> str:
    """A rule as people say it: "Every 2 weeks on Tuesday at 10:00, 6 times"."""
    parts = dict(part.split("=", 1) for part in recurrence.split(";"))
    local = start.astimezone(zone)
    every = _every(parts["FREQ"], int(parts.get("INTERVAL", "1")))
    return gettext("{every}{days} at {time}, {end}").format(
        every=every, days=_days(parts, local), time=dates.clock(local, zone), end=_end(parts, zone)
    )


def _every(unit: str, count: int) -> str:
    """How often: "Every week", "Every 2 weeks"."""
    said = {
        "DAILY": ngettext("Every day", "Every {count} days", count),
        "WEEKLY": ngettext("Every week", "Every {count} weeks", count),
        "MONTHLY": ngettext("Every month", "Every {count} months", count),
        "YEARLY": ngettext("Every year", "Every {count} years", count),
    }
    return said[unit].format(count=count)


def of(series: Series) -> str:
    """The rule of a series as people say it, by the clock that it goes by now."""
    start = timerange.on_the_wall(series.start, series.shift, series.zone)
    return words(series.recurrence, start=start, zone=series.zone)


def foreign_zone(series: Series) -> str:
    """The zone of a series where its clock is another one than the reader's, or ""."""
    here = timezone.get_current_timezone()
    differ = timerange.clocks_differ(series.start, series.zone, here)
    return series.zone_name if differ else ""


def _days(parts: dict[str, str], local: datetime) -> str:
    named = parts.get("BYDAY", "").split(",")
    special = {"BYMONTHDAY", "BYMONTH", "BYSETPOS"} & parts.keys()
    if special or (named != [""] and not all(name in WEEKDAYS for name in named)):
        return gettext(" on the days of its rule")
    if named != [""]:
        days = [str(DAY_NAMES[day]) for day in sorted(WEEKDAYS[name] for name in named)]
        listed = get_text_list(days, gettext("and"))
        return gettext(" on {days}").format(days=listed)
    if parts["FREQ"] == "WEEKLY":
        return gettext(" on {days}").format(days=DAY_NAMES[local.weekday()])
    if parts["FREQ"] == "MONTHLY":
        return gettext(" on the {day}").format(day=dates.day_of_month(local))
    if parts["FREQ"] == "YEARLY":
        return gettext(" on {days}").format(days=dates.of_month(local))
    return ""


def _end(parts: dict[str, str], zone: ZoneInfo) -> str:
    if "COUNT" in parts:
        count = int(parts["COUNT"])
        return ngettext("once", "{count} times", count).format(count=count)
    until = dates.of_year(_until(parts["UNTIL"], zone))
    return gettext("until {day}").format(day=until)


def _until(value: str, zone: ZoneInfo) -> datetime:
    if value.endswith("Z"):
        return datetime.strptime(value, "%Y%m%dT%H%M%S%z").astimezone(zone)
    return datetime.strptime(value[:8], "%Y%m%d").replace(tzinfo=zone)
