"""Choosing a time: the month whose days with room are marked, a week of it, and the day's times.

What was chosen stands in the address, so every step is a plain link; the provider's page and the
page that moves an appointment show the same picker.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openslot.accounts.models import Provider, User
from openslot.appointments.free import slots, window
from openslot.appointments.free.holding import NOBODYS, Claim
from openslot.appointments.models import Appointment
from openslot.catalog.models import Service
from openslot.kernel import timerange
from openslot.kernel.errors import NotFound
from openslot.kernel.timerange import Span
from openslot.web.parts.fields import DayField, InstantField, ZoneField

WEEK = timedelta(days=7)
OFFERS = 4
OFFERED_DAYS = 14


class Choice(forms.Form):
    """What an address says: exactly `day`, or the first day with room `since` another.

    With a `view` of the week the times of its seven days are shown.
    """

    service = forms.UUIDField(required=False)
    day = DayField(required=False)
    since = DayField(required=False)
    at = InstantField(required=False)
    view = forms.ChoiceField(required=False, choices=[("week", _("Week"))])
    zone = ZoneField(required=False)


def read(request: HttpRequest) -> dict[str, Any]:
    """The choice so far; a zone that is none counts as not chosen.

    Raises `NotFound` for an address that none of our links has.
    """
    form = Choice(request.POST if request.method == "POST" else request.GET)
    if not form.is_valid() and set(form.errors) != {"zone"}:
        raise NotFound
    return {"zone": "", **form.cleaned_data}


def nothing() -> dict[str, Any]:
    """The choice of somebody who has not chosen yet."""
    return dict.fromkeys(Choice.base_fields)


def zone_for(request: HttpRequest, choice: dict[str, Any], provider: Provider) -> ZoneInfo:
    """The zone to show times in: the chosen one, the reader's, or else the provider's.

    What a browser says of its own zone comes only with the second page, so it does not count: no
    time that somebody sees is another one after the next click. It is offered beside the times.
    """
    known = request.user.timezone if isinstance(request.user, User) else ""
    return timerange.known_zone(choice["zone"] or known) or provider.zone


def other_zone(user: User, choice: dict[str, Any]) -> str:
    """The zone that was chosen, where it is not the user's own; "" else."""
    return "" if choice["zone"] == user.timezone else choice["zone"] or ""


def chosen_zone(request: HttpRequest) -> ZoneInfo:
    """The zone that the address names, else the one whose times the reader sees elsewhere."""
    asked = timerange.known_zone(request.GET.get("zone", ""))
    return asked or ZoneInfo(timezone.get_current_timezone_name())


def stamp(at: datetime) -> str:
    """An instant as our addresses write it: "2026-12-01T08:00:00Z"."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Way:
    """Where the picker's links lead: a path, and what each of them keeps."""

    path: str
    kept: dict[str, str]

    def to(self, **choice: str | date | datetime) -> str:
        said = {
            name: stamp(value) if isinstance(value, datetime) else str(value)
            for name, value in choice.items()
        }
        query = urlencode(self.kept | said)
        return f"{self.path}?{query}" if query else self.path


def way(path: str, choice: dict[str, Any], *keep: str) -> Way:
    """A way that keeps these parts of the choice, where they were made."""
    return Way(path, {name: str(choice[name]) for name in keep if choice[name]})


@dataclass(frozen=True)
class Picker:
    """A month to choose from, as the components show it."""

    day: date
    weeks: list[list[dict[str, Any]]]
    week: list[dict[str, Any]]
    times: list[dict[str, Any]]
    week_times: list[tuple[date, list[dict[str, Any]]]]  # of the view of the week
    views: list[dict[str, Any]]
    chosen: Span | None
    previous: str
    next: str
    previous_week: str
    next_week: str
    month_has_room: bool
    soonest: Span | None  # told where the day has no time left
    soonest_href: str


def picker(
    service: Service,
    choice: dict[str, Any],
    *,
    where: Way,
    zone: ZoneInfo,
    now: datetime,
    instead_of: Appointment | None = None,
    claim: Claim = NOBODYS,
) -> Picker:
    """The month of the chosen day (or of the soonest free time), with that day's times.

    `instead_of` an appointment: the times that it could have. `claim`: what the reader holds, which
    another choice replaces.
    """
    today = now.astimezone(zone).date()
    start = max(_wanted(service, choice, zone=zone, now=now, today=today), today.replace(day=1))
    first, last = _grid(start)
    looks: dict[str, Any] = {"now": now, "instead_of": instead_of, "claim": claim}
    room = dict(slots.slots(service, first=first, last=last, zone=zone, **looks))
    day = start if _exact(choice) else _first_with_room(room, start)
    times = room.get(day, [])
    end = window.last_day(service.provider, now, zone=zone)
    weeks = [
        [_cell(each, room, where=where, day=day, today=today) for each in week]
        for week in _weeks(first, last)
    ]
    soonest = None if times else _soonest(service, **looks)
    week = next(week for week in weeks if any(cell["date"] == day for cell in week))
    weekly = choice.get("view") == "week"
    shown = [cell["date"] for cell in week if cell["date"] >= today] if weekly else []
    return Picker(
        day=day,
        weeks=weeks,
        week=week,
        times=[_time(span, where=where, chosen=choice["at"]) for span in times],
        week_times=[
            (each, [_time(span, where=where, chosen=choice["at"]) for span in room[each]])
            for each in shown
        ],
        views=_views(where, day, weekly=weekly),
        chosen=next((span for span in times if span.start == choice["at"]), None),
        previous=_month_before(day, today=today, where=where),
        next=_month_after(day, end=end, where=where),
        previous_week=_week_before(day, room, today=today, where=where),
        next_week=_week_after(day, end=end, where=where),
        month_has_room=any(room[each] for each in room if _same_month(each, day)),
        soonest=soonest,
        soonest_href=where.to(day=_local(soonest.start, zone)) if soonest else "",
    )


def after(service: Service, at: datetime, *, zone: ZoneInfo, now: datetime) -> list[Span]:
    """The next free times from `at` on, or the soonest there are, at most `OFFERS`."""
    first = max(at, now).astimezone(zone).date()
    last = first + timedelta(days=OFFERED_DAYS)
    days = slots.slots(service, first=first, last=last, zone=zone, now=now)
    free = [span for _, spans in days for span in spans]
    later = [span for span in free if span.start >= at]
    return (later or free)[:OFFERS]


def _views(where: Way, day: date, *, weekly: bool) -> list[dict[str, Any]]:
    """The ways to a day's times, and to its week's."""
    kept = {name: value for name, value in where.kept.items() if name != "view"}
    return [
        {"name": gettext("Day"), "href": Way(where.path, kept).to(day=day), "chosen": not weekly},
        {
            "name": gettext("Week"),
            "href": Way(where.path, kept | {"view": "week"}).to(day=day),
            "chosen": weekly,
        },
    ]


def _exact(choice: dict[str, Any]) -> bool:
    return bool(choice["day"] or (choice["at"] and not choice["since"]))


def _wanted(
    service: Service, choice: dict[str, Any], *, zone: ZoneInfo, now: datetime, today: date
) -> date:
    if choice["at"]:
        return _local(choice["at"], zone)
    if choice["day"] or choice["since"]:
        return choice["day"] or choice["since"]  # type: ignore[no-any-return]
    soonest = _soonest(service, now=now)
    return _local(soonest.start, zone) if soonest else today


def _local(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()


def _soonest(
    service: Service,
    *,
    now: datetime,
    instead_of: Appointment | None = None,
    claim: Claim = NOBODYS,
) -> Span | None:
    soonest = slots.earliest([service], limit=1, now=now, instead_of=instead_of, claim=claim)
    return soonest[0].slot if soonest else None


def _grid(day: date) -> tuple[date, date]:
    """The Monday on or before a month's first day, and the Sunday on or after its last."""
    first = day.replace(day=1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return first - timedelta(days=first.weekday()), last + timedelta(days=6 - last.weekday())


def _weeks(first: date, last: date) -> list[list[date]]:
    days = timerange.days(first, last)
    return [days[n : n + 7] for n in range(0, len(days), 7)]


def _same_month(one: date, other: date) -> bool:
    return (one.year, one.month) == (other.year, other.month)


def _first_with_room(room: dict[date, list[Span]], start: date) -> date:
    later = (day for day in sorted(room) if day >= start and _same_month(day, start))
    return next((day for day in later if room[day]), start)


def _cell(
    each: date, room: dict[date, list[Span]], *, where: Way, day: date, today: date
) -> dict[str, Any]:
    return {
        "date": each,
        "href": where.to(day=each),
        "free": len(room[each]),
        "chosen": each == day,
        "today": each == today,
        "outside": not _same_month(each, day),
    }


def _time(span: Span, *, where: Way, chosen: datetime | None) -> dict[str, Any]:
    return {
        "at": span.start,
        "href": where.to(at=span.start),
        "chosen": span.start == chosen,
    }


def _month_before(day: date, *, today: date, where: Way) -> str:
    first = day.replace(day=1)
    return where.to(since=(first - timedelta(days=1)).replace(day=1)) if first > today else ""


def _month_after(day: date, *, end: date, where: Way) -> str:
    following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return where.to(since=following) if following <= end else ""


def _week_before(day: date, room: dict[date, list[Span]], *, today: date, where: Way) -> str:
    """The last day with room before this week, else the week before as it is."""
    monday = day - timedelta(days=day.weekday())
    if monday <= today:
        return ""
    with_room = [each for each in sorted(room) if each < monday and room[each]]
    return where.to(day=with_room[-1] if with_room else max(today, monday - WEEK))


def _week_after(day: date, *, end: date, where: Way) -> str:
    monday = day - timedelta(days=day.weekday()) + WEEK
    return where.to(since=monday) if monday <= end else ""
