"""When a provider is away: the list, taking time off, giving it back.

Days and times are the provider's own, by the clock of their zone.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from openslot.accounts.models import Provider
from openslot.accounts.signing.forms import LineField
from openslot.appointments.changing import time_off
from openslot.appointments.changing.time_off import Clash
from openslot.appointments.models import Appointment, Way
from openslot.availability.models import TimeOff, TimeOffSpan
from openslot.kernel import timerange
from openslot.web import errors
from openslot.web.desk.providers_only import DeskRequest, for_providers
from openslot.web.parts.fields import ClockField, DayField, InstantField
from openslot.web.parts.pressing import Answer, once
from openslot.web.parts.requests import posted

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SHOWN = 100
REPEATS = [
    ("", _("No, this once")),
    ("weekly", _("Every week")),
    ("fortnightly", _("Every second week")),
    ("monthly", _("Every month, on the same date")),
]
OWN_RULE = "own"  # one that was made by the API and has no words here
RULES = {
    "weekly": "FREQ=WEEKLY",
    "fortnightly": "FREQ=WEEKLY;INTERVAL=2",
    "monthly": "FREQ=MONTHLY",
}


def day_field(label: StrOrPromise) -> DayField:
    control = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return DayField(label=label, widget=control)


class TimeOffForm(forms.Form):
    """From when to when, in the provider's zone; without a time of day whole days are meant."""

    now_and_then = ("until",)  # where it comes again

    start = day_field(_("First day"))
    start_time = ClockField(label=_("From"), required=False)
    end = day_field(_("Last day"))
    end_time = ClockField(label=_("Until"), required=False)
    reason = LineField(
        max_length=500,
        required=False,
        help_text=_("Customers whose appointment is cancelled read it."),
    )
    recurrence = forms.ChoiceField(
        label=_("Again"),
        required=False,
        choices=REPEATS,
    )
    until = DayField(
        label=_("Until"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("The last day on which it may begin again, at most two years away."),
    )
    conflicts = forms.ChoiceField(
        required=False,
        choices=[("keep", _("Keep")), ("cancel", _("Cancel"))],
        widget=forms.HiddenInput,
    )

    def __init__(
        self, *args: Any, provider: Provider, changed: TimeOff | None = None, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.provider, self.rule = provider, changed.recurrence if changed else ""
        recurrence = self.fields["recurrence"]
        assert isinstance(recurrence, forms.ChoiceField)  # noqa: S101  (for the type checker)
        if self.rule and _choice(self.rule) == OWN_RULE:
            recurrence.choices = [*REPEATS, (OWN_RULE, gettext("As it comes again now"))]

    def clean(self) -> dict[str, Any]:
        again = self.cleaned_data.get("recurrence") in RULES and "until" not in self.errors
        if again and not self.cleaned_data.get("until"):
            self.add_error("until", ValidationError(gettext("Say until when it comes again.")))
        return self.cleaned_data

    def span(self) -> dict[str, Any]:
        """What the domain takes of it."""
        given = self.cleaned_data
        last, at = given["end"], given["end_time"]
        return {
            "start": self._instant(given["start"], given["start_time"] or time.min),
            "end": self._instant(last, at) if at else self._instant(last + timedelta(1), time.min),
            "recurrence": self._rule(),
        }

    def _instant(self, day: date, clock: time) -> datetime:
        return timerange.instant(day, clock, self.provider.zone)

    def _rule(self) -> str:
        if self.cleaned_data["recurrence"] == OWN_RULE:
            return self.rule
        rule = RULES.get(self.cleaned_data["recurrence"])
        return f"{rule};UNTIL={self.cleaned_data['until']:%Y%m%d}" if rule else ""


class AskedForm(forms.Form):
    """The span that a calendar has filled in; what makes none counts as not said."""

    since = InstantField(required=False)
    until = InstantField(required=False)

    def typed(self, provider: Provider) -> dict[str, Any]:
        """What the form for time off would have to say for it."""
        given = self.cleaned_data if self.is_valid() else {}
        if not given.get("since") or not given.get("until"):
            return {}
        return _typed(given["since"], given["until"], provider)


@require_GET
@for_providers
def index(request: DeskRequest) -> HttpResponse:
    now = timezone.now()
    away = list(_to_come(request.provider, now)[:SHOWN])
    clashing = time_off.conflicts_of(away)
    rows = [_row(item, clashing[item.pk], now=now, provider=request.provider) for item in away]
    context = {"rows": rows, "provider": request.provider}
    return render(request, "desk/time_off.html", context)


@for_providers
@once
def take(request: DeskRequest) -> Answer | HttpResponse:
    """Asks what becomes of the appointments in it, where there are any, before it is done."""
    filled = AskedForm(request.GET).typed(request.provider)
    form = TimeOffForm(posted(request), provider=request.provider, initial=filled)
    asked = errors.outcome(form, lambda: _to_ask_about(request, form)) or []
    if form.is_valid() and not asked:
        told = errors.outcome(form, lambda: _taken(request, form))
        if told is not None:
            return Answer(reverse("time_off"), told)
    context = {"form": form, "asked": asked, "provider": request.provider}
    return render(request, "desk/time_off_take.html", context, status=errors.status(form))


@for_providers
@once
def change(request: DeskRequest, pk: UUID) -> Answer | HttpResponse:
    """The same of one that stands: asked about are the appointments that it has not met yet."""
    item = get_object_or_404(TimeOff, provider=request.provider, pk=pk)
    form = TimeOffForm(
        posted(request),
        provider=request.provider,
        changed=item,
        initial=_as_typed(item, request.provider) | AskedForm(request.GET).typed(request.provider),
    )
    met = {clash.appointment.pk for clash in time_off.conflicts_of([item])[item.pk]}
    foreseen = errors.outcome(form, lambda: _to_ask_about(request, form)) or []
    asked = [clash for clash in foreseen if clash.appointment.pk not in met]
    if form.is_valid() and not asked:
        told = errors.outcome(form, lambda: _changed(request, item, form))
        if told is not None:
            return Answer(reverse("time_off"), told)
    context = {"form": form, "asked": asked, "provider": request.provider, "changed": item}
    return render(request, "desk/time_off_take.html", context, status=errors.status(form))


def _as_typed(item: TimeOff, provider: Provider) -> dict[str, Any]:
    """What the form would have to say for it."""
    until = re.search(r"UNTIL=(\d{8})", item.recurrence)
    return {
        **_typed(item.start, item.end, provider),
        "reason": item.reason,
        "recurrence": _choice(item.recurrence),
        "until": datetime.strptime(until[1], "%Y%m%d").date() if until else None,  # noqa: DTZ007
    }


def _typed(start: datetime, end: datetime, provider: Provider) -> dict[str, Any]:
    """Days and times by the provider's clock; no times where whole days are meant."""
    starts, ends = start.astimezone(provider.zone), end.astimezone(provider.zone)
    whole = starts.time() == ends.time() == time.min
    return {
        "start": starts.date(),
        "start_time": None if whole else starts.time(),
        "end": ends.date() - timedelta(days=1) if whole else ends.date(),
        "end_time": None if whole else ends.time(),
    }


def _choice(rule: str) -> str:
    """The choice that a rule was made by."""
    if not rule:
        return ""
    bare, _, until = rule.partition(";UNTIL=")
    known = {value: name for name, value in RULES.items()}
    return known.get(bare, OWN_RULE) if re.fullmatch(r"\d{8}", until) else OWN_RULE


@require_POST
@for_providers
@once
def give_back(request: DeskRequest, pk: UUID) -> Answer:
    time_off.give_back(request.provider, id=pk)
    return Answer(reverse("time_off"), gettext("Given back: your hours count again."))


def _to_ask_about(request: DeskRequest, form: TimeOffForm) -> list[Clash]:
    """The appointments in the way of which nothing is said yet."""
    if form.cleaned_data["conflicts"]:
        return []
    return time_off.foreseen(request.provider, **form.span())


def _taken(request: DeskRequest, form: TimeOffForm) -> str:
    """Take it; what became of the appointments in the way, in words."""
    choice = form.cleaned_data["conflicts"]
    _, met = time_off.take(
        request.provider,
        by=request.user,
        via=Way.PAGE,
        reason=form.cleaned_data["reason"],
        conflicts=choice or "keep",
        **form.span(),
    )
    return _told(met, cancelled=choice == "cancel")


def _changed(request: DeskRequest, item: TimeOff, form: TimeOffForm) -> str:
    choice = form.cleaned_data["conflicts"]
    _, met = time_off.change(
        request.provider,
        id=item.pk,
        by=request.user,
        via=Way.PAGE,
        reason=form.cleaned_data["reason"],
        conflicts=choice or "keep",
        **form.span(),
    )
    return _told(met, cancelled=choice == "cancel")


def _told(met: list[Appointment], *, cancelled: bool) -> str:
    if not met:
        return gettext("Your time off is in the calendar.")
    if cancelled:
        told = ngettext(
            "Your time off is in the calendar. "
            "{count} appointment cancelled; the customers get a mail.",
            "Your time off is in the calendar. "
            "{count} appointments cancelled; the customers get a mail.",
            len(met),
        )
    else:
        told = ngettext(
            "Your time off is in the calendar. {count} appointment kept.",
            "Your time off is in the calendar. {count} appointments kept.",
            len(met),
        )
    return told.format(count=len(met))


def _to_come(provider: Provider, now: datetime) -> QuerySet[TimeOff]:
    """Those that are not over, with the occurrences that are not."""
    ahead = TimeOffSpan.objects.filter(end__gt=now).order_by("start")
    return (
        TimeOff.objects.filter(provider=provider, spans__end__gt=now)
        .prefetch_related(Prefetch("spans", queryset=ahead, to_attr="ahead"))
        .distinct()
    )


def _row(item: TimeOff, met: list[Clash], *, now: datetime, provider: Provider) -> dict[str, Any]:
    ahead: list[TimeOffSpan] = item.ahead  # type: ignore[attr-defined]
    span, zone = ahead[0], provider.zone
    starts, ends = span.start.astimezone(zone), span.end.astimezone(zone)
    whole = starts.time() == ends.time() == time.min
    return {
        "item": item,
        "starts": starts,
        "ends": ends - timedelta(days=1) if whole else ends,
        "whole_days": whole,
        "again": len(ahead) - 1,
        "last": ahead[-1].start.astimezone(zone),
        "now": span.start <= now,
        "met": [clash for clash in met if clash.span.end > now],
    }
