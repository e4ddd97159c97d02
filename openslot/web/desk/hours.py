"""The hours editor: seven rows, special days below, tomorrow's slots beside it.

Every button posts the one thing it does, so the page works without JavaScript; htmx swaps the
editor in place.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django import forms
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from openslot.accounts.models import Provider
from openslot.appointments.free import slots
from openslot.availability import hours
from openslot.availability.hours import DaySpan, WeekSpan
from openslot.availability.models import SpecialHours
from openslot.catalog.models import Service
from openslot.kernel.errors import Invalid
from openslot.kernel.timerange import Span
from openslot.web import errors
from openslot.web.desk.providers_only import DeskRequest, for_providers
from openslot.web.parts import partials, pressing
from openslot.web.parts.fields import DayField
from openslot.web.parts.pressing import Answer, once

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
USUAL = ("09:00", "17:00")


class ClockField(forms.TimeField):
    """Hours and minutes as a time control sends them."""

    def __init__(self, **options: Any) -> None:
        control = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
        super().__init__(input_formats=["%H:%M", "%H:%M:%S"], widget=control, **options)


class SpanForm(forms.Form):
    """Hours to add to a day; the names of its fields end in the day's number."""

    opens = ClockField(error_messages={"required": "Say when you open."})
    closes = ClockField(error_messages={"required": "Say when you close."})

    def span(self, weekday: int) -> WeekSpan:
        return WeekSpan(weekday, self.cleaned_data["opens"], self.cleaned_data["closes"])


class CopyForm(forms.Form):
    """The days that get another's hours."""

    to = forms.TypedMultipleChoiceField(
        choices=list(enumerate(WEEKDAYS, start=1)),
        coerce=int,
        error_messages={"required": "Choose the days to copy to."},
    )


class SpecialForm(forms.Form):
    """One date that differs from the week: up to two spans, or none for a closed day."""

    now_and_then = ("opens", "closes", "opens_again", "closes_again")  # where it is open

    date = DayField(
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": "Choose the day."},
    )
    opens = ClockField(required=False)
    closes = ClockField(required=False)
    opens_again = ClockField(required=False, label="Opens again")
    closes_again = ClockField(required=False, label="Closes")

    def __init__(self, *args: Any, today: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.today = today

    def clean_date(self) -> Any:
        day = self.cleaned_data["date"]
        if day < self.today:
            raise forms.ValidationError("This day is over.")
        return day

    def clean(self) -> dict[str, Any]:
        for opens, closes in PAIRS:
            if bool(self._time(opens)) != bool(self._time(closes)) and not self.errors:
                self.add_error(closes, "Give both times, or neither.")
        return self.cleaned_data

    def spans(self) -> list[DaySpan]:
        pairs = [(self._time(opens), self._time(closes)) for opens, closes in PAIRS]
        return [DaySpan(opens, closes) for opens, closes in pairs if opens and closes]

    def _time(self, name: str) -> time | None:
        value: time | None = self.cleaned_data.get(name)
        return value


PAIRS = (("opens", "closes"), ("opens_again", "closes_again"))
SPECIAL_CLOCKS = [clock for pair in PAIRS for clock in pair]


@dataclass(slots=True)
class Row:
    """A weekday of the editor, with what was typed and what is wrong with it."""

    key: int
    name: str
    spans: list[dict[str, Any]]
    opens: str = USUAL[0]
    closes: str = USUAL[1]
    copied: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    at_work: str = ""  # "add" or "copy": which of its menus is open
    touched: bool = False  # changed just now: the focus goes back to it
    removed: dict[str, Any] | None = None  # hours that were taken out just now

    @property
    def others(self) -> list[dict[str, Any]]:
        return [
            {"key": key, "name": name, "chosen": str(key) in self.copied}
            for key, name in enumerate(WEEKDAYS, start=1)
            if key != self.key
        ]


@for_providers
def editor(request: DeskRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request)
    answer = pressing.pressed(request, lambda: _saved(request))
    if isinstance(answer, HttpResponse):
        return answer
    if not getattr(request, "htmx", False):
        return answer.given(request)
    shown = _page(request, said=QueryDict(urlsplit(answer.to).query))
    shown["HX-Trigger"] = json.dumps({"toast": {"text": answer.told, "level": "success"}})
    return shown


def _saved(request: DeskRequest) -> Answer | HttpResponse:
    week = hours.week(request.provider)
    try:
        hours.set_week(request.provider, spans=changed(request.POST, week))
    except Invalid as error:
        return _page(request, refused=error)
    gone = next((span for span in week if key_of(span) == request.POST.get("remove")), None)
    if gone is None:
        return Answer(reverse("hours"), "Your hours are saved.")
    day, opens, closes = gone.weekday, f"{gone.start:%H:%M}", f"{gone.end:%H:%M}"
    query = urlencode({"removed": day, "opens": opens, "closes": closes})
    told = f"{WEEKDAYS[day - 1]} {opens} to {closes} is removed. What is booked then stays."
    return Answer(f"{reverse('hours')}?{query}", told)


@require_POST
@for_providers
@once
def special_hours(request: DeskRequest) -> Answer | HttpResponse:
    form = SpecialForm(request.POST, today=_today(request.provider))
    if errors.carried_out(
        form,
        lambda: hours.set_special(
            request.provider, day=form.cleaned_data["date"], spans=form.spans()
        ),
    ):
        return Answer(reverse("hours"), "The special day is saved.")
    return _page(request, special=form)


@require_POST
@for_providers
@once
def remove_special(request: DeskRequest, pk: UUID) -> Answer:
    gone = hours.remove_special(request.provider, id=pk)
    told = f"{gone.date:%-d %B} is no special day: the week's hours count again."
    return Answer(f"{reverse('hours')}{_way_back(gone)}", told)


def _way_back(gone: SpecialHours) -> str:
    """What the form would have to say again; nothing for more spans than it has fields for."""
    clocks = [f"{clock:%H:%M}" for span in hours.day_spans(gone) for clock in span]
    if len(clocks) > len(SPECIAL_CLOCKS):
        return ""
    return "?" + urlencode({"date": gone.date, **dict(zip(SPECIAL_CLOCKS, clocks, strict=False))})


def changed(post: QueryDict, week: list[WeekSpan]) -> list[WeekSpan]:
    """The week after the button that was pressed. Raises `Invalid` beside `spans`."""
    if "remove" in post:
        return [span for span in week if key_of(span) != post["remove"]]
    if "copy" in post:
        return _copied(post, week, _weekday(post.get("copy")))
    day = _weekday(post.get("add"))
    form = SpanForm({name: post.get(f"{name}_{day}", "") for name in ("opens", "closes")})
    _valid(form)
    return [*week, form.span(day)]


def _copied(post: QueryDict, week: list[WeekSpan], day: int) -> list[WeekSpan]:
    others = _valid(CopyForm({"to": post.getlist(f"copy_{day}")}))["to"]
    mine = [span for span in week if span.weekday == day]
    kept = [span for span in week if span.weekday == day or span.weekday not in others]
    return kept + [
        span._replace(weekday=other) for other in others if other != day for span in mine
    ]


def key_of(span: WeekSpan) -> str:
    return f"{span.weekday}-{span.start:%H:%M}"


def _day_of(post: QueryDict) -> str:
    """The row that a button stood in, or ""."""
    pressed = post.get("add") or post.get("copy") or post.get("remove")
    return str(pressed or "").partition("-")[0]


def _weekday(value: object) -> int:
    days = {str(day): day for day in range(1, 8)}
    if value not in days:
        raise Invalid(spans="That is not a day of the week.")
    return days[str(value)]


def _valid(form: forms.Form) -> dict[str, Any]:
    if not form.is_valid():
        told = [str(message) for messages_ in form.errors.values() for message in messages_]
        raise Invalid(spans=told)
    return form.cleaned_data


def _page(
    request: DeskRequest,
    *,
    refused: Invalid | None = None,
    special: SpecialForm | None = None,
    said: QueryDict | None = None,
) -> HttpResponse:
    provider = request.provider
    today = _today(provider)
    rows = _rows(hours.week(provider))
    if refused:
        _tell(rows, request.POST, refused)
    for row in rows:
        row.touched = not refused and _day_of(request.POST) == str(row.key)
        row.removed = _removed(said or request.GET, row.key)
    tomorrow = today + timedelta(days=1)
    context = {
        "days": rows,
        "unplaced": errors.words(refused) if refused and not any(r.errors for r in rows) else "",
        "special_days": _special(provider, today),
        "special": special or SpecialForm(today=today),
        "special_removed": _special_removed(request.GET, today=today),
        "provider": provider,
        "tomorrow": tomorrow,
        **_preview(provider, tomorrow),
    }
    status = 422 if refused or (special and special.errors) else 200
    return partials.answer(request, "desk/hours.html", context, part="hours", status=status)


def _today(provider: Provider) -> date:
    return timezone.localdate(timezone=provider.zone)


def _removed(said: QueryDict, day: int) -> dict[str, Any] | None:
    """The hours of that day that an address says were taken out, to put them back."""
    form = SpanForm(said)
    if said.get("removed") != str(day) or not form.is_valid():
        return None
    return form.cleaned_data


def _special_removed(said: QueryDict, *, today: date) -> SpecialForm | None:
    """The special day that an address says was taken out, to put it back."""
    form = SpecialForm(said, auto_id=False, today=today)
    return form if "date" in said and form.is_valid() else None


def _rows(week: list[WeekSpan]) -> list[Row]:
    return [
        Row(
            day,
            name,
            [
                {"key": key_of(span), "opens": span.start, "closes": span.end}
                for span in week
                if span.weekday == day
            ],
        )
        for day, name in enumerate(WEEKDAYS, start=1)
    ]


def _tell(rows: list[Row], post: QueryDict, refused: Invalid) -> None:
    """Put what was typed, and what is wrong with it, into the row that it was typed into."""
    for row in rows:
        for act in ("add", "copy"):
            if post.get(act) == str(row.key):
                row.at_work = act
                row.errors = [text for told in refused.errors.values() for text in told]
        row.opens = post.get(f"opens_{row.key}", row.opens)
        row.closes = post.get(f"closes_{row.key}", row.closes)
        row.copied = post.getlist(f"copy_{row.key}")


def _special(provider: Provider, today: date) -> list[dict[str, Any]]:
    days = SpecialHours.objects.filter(provider=provider, date__gte=today)
    return [
        {"pk": item.pk, "date": item.date, "spans": hours.day_spans(item)} for item in days[:100]
    ]


def _preview(provider: Provider, day: date) -> dict[str, Any]:
    """What customers would be offered that day: of the first service by name."""
    service = (
        Service.objects.offered()
        .filter(provider=provider)
        .select_related("provider")
        .order_by("name", "pk")
        .first()
    )
    offered: list[Span] = []
    if service is not None:
        now = timezone.now()
        offered = slots.slots(service, first=day, last=day, zone=provider.zone, now=now)[0][1]
    return {"preview": service, "preview_slots": [{"at": span.start} for span in offered]}
