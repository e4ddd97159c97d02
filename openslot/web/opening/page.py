"""The page of the hours: seven rows, special days below, tomorrow's slots beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse, QueryDict
from django.utils import timezone
from django.utils.functional import Promise

from openslot.accounts.models import Provider
from openslot.appointments.free import slots
from openslot.availability import hours
from openslot.availability.hours import WeekSpan
from openslot.catalog.models import Service
from openslot.kernel.errors import Invalid
from openslot.kernel.timerange import Span
from openslot.web import errors
from openslot.web.desk.providers_only import DeskRequest
from openslot.web.opening import special, weeks
from openslot.web.opening.special import SpecialForm
from openslot.web.opening.weeks import SpanForm
from openslot.web.parts import partials

OPENS, CLOSES = "09:00", "17:00"  # what the fields begin with


@dataclass(slots=True)
class Row:
    """A weekday of the editor, with what was typed and what is wrong with it."""

    key: int
    name: str | Promise
    spans: list[dict[str, Any]]
    bars: list[tuple[int, int]]
    opens: str = OPENS
    closes: str = CLOSES
    copied: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    at_work: str = ""  # "add", "copy" or the key of a span: which of its menus is open
    touched: bool = False  # changed just now: the focus goes back to it
    removed: dict[str, Any] | None = None  # hours that were taken out just now

    @property
    def others(self) -> list[dict[str, Any]]:
        return [
            {"key": key, "name": name, "chosen": str(key) in self.copied}
            for key, name in enumerate(weeks.WEEKDAYS, start=1)
            if key != self.key
        ]


def drawn(
    request: DeskRequest,
    *,
    refused: Invalid | None = None,
    form: SpecialForm | None = None,
    said: QueryDict | None = None,
) -> HttpResponse:
    """The page, or the editor where htmx asks for it. `said`: the address that was led to."""
    provider, said = request.provider, said or request.GET
    today = timezone.localdate(timezone=provider.zone)
    week = hours.week(provider)
    rows = _rows(week, said)
    if refused:
        _tell(rows, request.POST, refused)
    for row in rows:
        row.touched = not refused and weeks.day_of(request.POST) == str(row.key)
    context = {
        "days": rows,
        "unplaced": errors.words(refused) if refused and not any(r.errors for r in rows) else "",
        "usual": weeks.USUAL,
        "touched": any(row.touched for row in rows),
        "before": None if refused else _before(said, week),
        "now": weeks.written(week),
        "special_days": special.ahead(provider, today),
        "special": form or SpecialForm(today=today),
        "special_removed": special.removed(request.GET, today=today),
        "provider": provider,
        **_preview(provider, today + timedelta(days=1)),
    }
    status = 422 if refused or (form and form.errors) else 200
    return partials.answer(request, "opening/hours.html", context, part="hours", status=status)


def _rows(week: list[WeekSpan], said: QueryDict) -> list[Row]:
    bars = weeks.drawn(week)
    return [
        Row(
            day,
            name,
            [_chip(span) for span in week if span.weekday == day],
            bars[day],
            removed=_removed(said, day),
        )
        for day, name in enumerate(weeks.WEEKDAYS, start=1)
    ]


def _chip(span: WeekSpan) -> dict[str, Any]:
    start, end = f"{span.start:%H:%M}", f"{span.end:%H:%M}"
    shown = {"key": weeks.key_of(span), "opens": span.start, "closes": span.end}
    return shown | {"typed_opens": start, "typed_closes": end}


def _removed(said: QueryDict, day: int) -> dict[str, Any] | None:
    """The hours of that day that an address says were taken out, to put them back."""
    form = SpanForm(said)
    if said.get("removed") != str(day) or not form.is_valid():
        return None
    return form.cleaned_data


def _before(said: QueryDict, week: list[WeekSpan]) -> str | None:
    """The week to go back to, as long as what an address says came of it still stands."""
    return said.get("before") if said.get("after") == weeks.written(week) else None


def _tell(rows: list[Row], post: QueryDict, refused: Invalid) -> None:
    """Put what was typed, and what is wrong with it, into the row that it was typed into."""
    pressed = next((act for act in ("add", "copy", "change") if act in post), "")
    for row in rows:
        if pressed and weeks.day_of(post) == str(row.key):
            row.at_work = post.get("change", "") if pressed == "change" else pressed
            row.errors = [text for told in refused.errors.values() for text in told]
        row.opens = post.get(f"opens_{row.key}", row.opens)
        row.closes = post.get(f"closes_{row.key}", row.closes)
        row.copied = post.getlist(f"copy_{row.key}")
        for span in row.spans:
            for name in ("opens", "closes"):
                typed = post.get(f"{name}_{span['key']}")
                span[f"typed_{name}"] = span[f"typed_{name}"] if typed is None else typed


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
    shown = [{"at": span.start} for span in offered]
    return {"preview": service, "preview_slots": shown, "tomorrow": day}
