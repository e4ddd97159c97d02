"""The pages of people: a small calendar to look at and to edit, and what they let programs do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from openslot.devtools.google.calendars import times
from openslot.devtools.google.calendars.models import CANCELLED, Calendar
from openslot.devtools.google.errors import Refused
from openslot.devtools.google.faults import Call
from openslot.devtools.google.people import consenting, look
from openslot.devtools.google.people.human import Human
from openslot.devtools.google.server import Answer

if TYPE_CHECKING:
    from openslot.devtools.google.emulator import Google

Json = dict[str, Any]
Form = dict[str, list[str]]
REFRESH = 3  # seconds: one watches what programs do
FREE = "transparent"


def answer(google: Google, call: Call) -> Answer:
    """A page, or what becomes of its form. Raises `Refused` (404)."""
    form = call.body if call.verb == "POST" and isinstance(call.body, dict) else {}
    if call.path == consenting.PATH:
        return consenting.answer(google, call, form)
    match [unquote(part) for part in call.path.strip("/").split("/")]:
        case [""]:
            return _everybody(google)
        case ["people", email, *rest] if email in google.identity.accounts:
            return Pages(google, google.account(email), call, form).answer(rest)
    raise Refused(404, "notFound", f"Nothing at {call.path}")


def _everybody(google: Google) -> Answer:
    known = google.identity.accounts.values()
    items = [look.link(f"{one.name} · {one.email}", _home(one.email)) for one in known]
    return look.page("People at Google", look.rows(items), "<p>Others come by signing in.</p>")


def _home(email: str) -> str:
    return f"/people/{quote(email)}/"


class Pages:
    """One person's."""

    def __init__(self, google: Google, human: Human, call: Call, form: Form) -> None:
        self.google = google
        self.human = human
        self.call = call
        self.form = form
        self.email = human.account.email
        self.home = _home(self.email)

    def answer(self, rest: list[str]) -> Answer:
        match rest:
            case [] | [""]:
                return self._acted() if self.call.verb == "POST" else self._calendars()
            case ["new"]:
                return self._made() if self.call.verb == "POST" else self._new()
            case ["add"]:
                return self._added() if self.call.verb == "POST" else self._add()
            case ["events", event_id]:
                return (
                    self._changed(event_id) if self.call.verb == "POST" else self._event(event_id)
                )
        raise Refused(404, "notFound")

    # The calendar ----------------------------------------------------------------------------

    def _mine(self) -> list[Calendar]:
        return [one for one in self.google.world.calendars.values() if one.owner == self.email]

    def _calendars(self) -> Answer:
        new = (
            look.link("New event", f"{self.home}new"),
            look.link("New calendar", f"{self.home}add"),
        )
        parts = [look.actions(*new)]
        for calendar in self._mine():
            parts += [f"<h2>{escape(calendar.summary)}</h2>", self._rows(calendar)]
        parts += [*self._bin(), *self._programs()]
        return look.page(f"{self.human.account.name}'s calendar", *parts, refresh=REFRESH)

    def _rows(self, calendar: Calendar) -> str:
        events = self.human.events(calendar=calendar.id, expanded=True)
        items = [self._row(one, calendar) for one in events[:200]]
        return look.rows(items) if items else '<p class="muted">Nothing here yet.</p>'

    def _row(self, event: Json, calendar: Calendar) -> str:
        words = [_span(event, calendar)]
        words += ["tentative"] if event["status"] == "tentative" else []
        words += ["free"] if event.get("transparency") == FREE else []
        title = look.link(event.get("summary") or "(no title)", self._address(event, calendar))
        meet = event.get("hangoutLink", "")
        place = " · ".join(escape(one) for one in (event.get("location", ""), meet) if one)
        below = f'<br><span class="muted">{place}</span>' if place else ""
        return f"{title}<br>{escape(' · '.join(words))}{below}"

    def _bin(self) -> list[str]:
        gone = [
            (one, calendar)
            for calendar in self._mine()
            for one in calendar.events.values()
            if one["status"] == CANCELLED and "start" in one
        ]
        if not gone:
            return []
        items = [f"<del>{self._row(one, calendar)}</del>" for one, calendar in gone[-20:]]
        return ["<h2>Bin</h2>", look.rows(items)]

    def _programs(self) -> list[str]:
        live = [one for one in self.google.identity.grants if self._is_mine(one)]
        if not live:
            return []
        items = [escape(one.client_id) for one in live]
        remove = look.form(look.actions(look.button("Remove their access", "revoke")))
        return ["<h2>Programs with access</h2>", look.rows(items), remove]

    def _is_mine(self, grant: Any) -> bool:
        return grant.account is self.human.account and not grant.revoked

    def _acted(self) -> Answer:
        if self._said("action") == "revoke":
            self.google.revoke(self.email)
        return Answer.redirect(self.home)

    def _add(self) -> Answer:
        make = look.actions(look.button("Make it", "add", main=True))
        return look.page("New calendar", look.form(look.field("Name", "summary"), make))

    def _added(self) -> Answer:
        self.google.add_calendar(self.email, self._said("summary") or "Another calendar")
        return Answer.redirect(self.home)

    # An event --------------------------------------------------------------------------------

    def _address(self, event: Json, calendar: Calendar) -> str:
        return f"{self.home}events/{quote(event['id'])}?calendar={quote(calendar.id)}"

    def _new(self) -> Answer:
        calendar = self.human.calendar()
        start = self.google.clock.now().astimezone(calendar.zone) + timedelta(days=1)
        start = start.replace(minute=0, second=0, microsecond=0)
        event = {
            "start": {"dateTime": start.isoformat()},
            "end": {"dateTime": (start + timedelta(hours=1)).isoformat()},
        }
        return look.page(
            "New event",
            look.form(
                *self._fields(event, calendar),
                look.actions(look.button("Save", "save", main=True)),
            ),
            look.link("Back to the calendar", self.home),
        )

    def _event(self, event_id: str, wrong: str = "") -> Answer:
        calendar = self.human.calendar(self.call.first("calendar") or "primary")
        event = self.human.get(event_id, calendar=calendar.id)
        back = look.link("Back to the calendar", self.home)
        title = event.get("summary") or "(no title)"
        if event["status"] == CANCELLED:
            restore = look.form(look.actions(look.button("Restore", "restore", main=True)))
            return look.page(title, "<p>It is in the bin.</p>", restore, back)
        about = f"<p>{escape(event['description'])}</p>" if event.get("description") else ""
        return look.page(
            title,
            f"<p>{escape(wrong)}</p>" if wrong else "",
            about,
            look.form(
                *self._fields(event, calendar),
                look.actions(
                    look.button("Save", "save", main=True), look.button("Delete", "delete")
                ),
            ),
            back,
            status=400 if wrong else 200,
        )

    def _fields(self, event: Json, calendar: Calendar) -> list[str]:
        kind = "date" if "date" in event["start"] else "datetime-local"
        start, end = (_local(event[name], calendar) for name in ("start", "end"))
        calendars = [(one.id, one.summary) for one in self._mine()]
        shown = [("opaque", "Busy"), (FREE, "Free")]
        return [
            look.field("Title", "summary", event.get("summary", "")),
            look.field(f"Start ({calendar.time_zone})", "start", start, kind),
            look.field("End", "end", end, kind),
            look.choice("Show as", "transparency", shown, event.get("transparency", "opaque")),
            look.choice("Calendar", "calendar", calendars, calendar.id),
        ]

    def _made(self) -> Answer:
        calendar = self.human.calendar(self._said("calendar") or "primary")
        try:
            start, end = (_read(self._said(name), calendar) for name in ("start", "end"))
            self.human.insert(
                self._said("summary"), start, end, calendar=calendar.id, **self._shown_as()
            )
        except (ValueError, Refused) as error:
            return look.page("New event", f"<p>{escape(str(error))}</p>", status=400)
        return Answer.redirect(self.home)

    def _changed(self, event_id: str) -> Answer:
        calendar = self.human.calendar(self.call.first("calendar") or "primary")
        act = ACTS.get(self._said("action"), Pages._saved)
        try:
            act(self, event_id, calendar)
        except (ValueError, Refused) as error:
            return self._event(event_id, str(error))
        return Answer.redirect(self.home)

    def _saved(self, event_id: str, calendar: Calendar) -> None:
        before = self.human.get(event_id, calendar=calendar.id)
        if any(self._said(name) != _local(before[name], calendar) for name in ("start", "end")):
            start, end = (_read(self._said(name), calendar) for name in ("start", "end"))
            self.human.move(event_id, start, end, calendar=calendar.id)
        if self._said("summary") != before.get("summary", ""):
            self.human.patch(event_id, calendar=calendar.id, summary=self._said("summary"))
        if self._said("transparency") != before.get("transparency", "opaque"):
            self.human.patch(event_id, calendar=calendar.id, **self._shown_as())
        if self._said("calendar") != calendar.id:
            self.human.move_to(event_id, self._said("calendar"), calendar=calendar.id)

    def _deleted(self, event_id: str, calendar: Calendar) -> None:
        self.human.delete(event_id, calendar=calendar.id)

    def _restored(self, event_id: str, calendar: Calendar) -> None:
        self.human.restore(event_id, calendar=calendar.id)

    def _shown_as(self) -> Json:
        return {"transparency": self._said("transparency") or "opaque"}

    def _said(self, name: str) -> str:
        return self.form.get(name, [""])[0].strip()


ACTS: dict[str, Callable[[Pages, str, Calendar], None]] = {
    "save": Pages._saved,
    "delete": Pages._deleted,
    "restore": Pages._restored,
}


def _span(event: Json, calendar: Calendar) -> str:
    start, end = (times.instant(event[name], calendar.zone) for name in ("start", "end"))
    if "date" in event["start"]:
        return f"{start:%a %d %b %Y}, all day"
    start, end = start.astimezone(calendar.zone), end.astimezone(calendar.zone)
    return f"{start:%a %d %b %Y, %H:%M}–{end:%H:%M}"


def _local(value: Json, calendar: Calendar) -> str:
    if "date" in value:
        return str(value["date"])
    at = times.instant(value, calendar.zone).astimezone(calendar.zone)
    return at.strftime("%Y-%m-%dT%H:%M")


def _read(text: str, calendar: Calendar) -> datetime | date:
    if "T" in text:
        return datetime.fromisoformat(text).replace(tzinfo=calendar.zone)
    return date.fromisoformat(text)
