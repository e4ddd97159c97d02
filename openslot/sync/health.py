"""How a person's calendar connection stands, in one look: for its page, the API and operators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from openslot.accounts.models import User
from openslot.sync import translate
from openslot.sync.google import places
from openslot.sync.inward.answering import ANSWERS
from openslot.sync.models import Connection, Issue, Kind, Link, Part, State, SyncedCalendar
from openslot.sync.outward import outbox

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PATIENCE, LONG = 5, timedelta(minutes=30)  # failures, or so long without success, until it is said
TESTING = timedelta(days=8)  # access that dies so soon: Google's app is in "Testing"

SAID: dict[str, StrOrPromise] = {
    State.NEEDS_RECONNECT: _("Google does not let us in any more. Connect again."),
    State.SCOPE_MISSING: _("A permission was taken away in Google. Connect again."),
    State.PAUSED: _("It was connected from another address of this site. Connect again."),
}
CLOSED = _("Your calendars could not be read for a day, so nobody can book you, as you wish.")
ASKED: dict[str, StrOrPromise] = {
    Kind.MOVED_TO_TAKEN: _("It was moved in Google to a time that it cannot have here."),
    Kind.BOTH_MOVED: _("It was moved here and in Google at about the same time."),
    Kind.NOT_CANCELLED: _("It was deleted in Google and still stands here."),
    Kind.VANISHED: _("Its event is not in Google any more."),
    Kind.MASS_DELETION: _("Many appointments vanished from Google at once. Nothing was cancelled."),
    Kind.REFUSED: _("Google did not take its event."),
    Kind.NO_MEET: _("Google gives no video link in this calendar."),
    Kind.CALENDAR_GONE: _("The calendar for your appointments is gone. Choose another one."),
}
VERBS = {"cancel": _("They are cancelled"), "restore": _("Restore"), "dismiss": _("All right")}
ALONE = {"cancel": _("It is cancelled"), "restore": _("Put it back in Google")}


class Question(NamedTuple):
    """What waits for a decision: in words, with the buttons that answer it."""

    id: UUID
    kind: str
    text: str
    answers: list[tuple[str, str]]
    link: Link | None
    there: datetime | None  # where it stands in Google


@dataclass(frozen=True, slots=True)
class Health:
    """`state` is that of the API: None, `ok`, `syncing` or `broken`."""

    connection: Connection | None
    state: str | None
    detail: str
    calendars: list[SyncedCalendar]
    questions: list[Question]
    waiting: int = 0

    @property
    def target(self) -> str | None:
        return next((one.google_id for one in self.calendars if one.is_target), None)

    @property
    def blocking(self) -> list[str]:
        return [one.google_id for one in self.calendars if one.blocks]

    @property
    def works(self) -> bool:
        return self.connection is not None and self.connection.is_running


def of(user: User) -> Health:
    """Of a person's own connection; where there is none, of its absence."""
    connection = Connection.objects.live().filter(user=user).first()
    if connection is None or not places.configured():
        return Health(None, None, "", [], [])
    questions = [_question(one) for one in _open(connection)]
    waiting = outbox.waiting(connection).values("appointment", "time_off_id").distinct().count()
    calendars = list(connection.calendars.filter(listed=True))
    state = _state(connection, questions, calendars, waiting)
    return Health(
        connection,
        state,
        _said(connection, questions, waiting, state),
        calendars,
        questions,
        waiting,
    )


def _open(connection: Connection) -> list[Issue]:
    issues = connection.issues.open().select_related(
        "link__appointment__service",
        "link__appointment__customer__user",
        "link__appointment__provider__user",
    )
    return list(issues)


def _question(issue: Issue) -> Question:
    span = translate.read(issue.data.get("span"))
    text, count = str(ASKED[issue.kind]), issue.data.get("count")
    if issue.kind == Kind.MASS_DELETION and count:
        text = gettext(
            "{count} appointments vanished from Google at once. Nothing was cancelled."
        ).format(count=count)
    words = VERBS if issue.kind == Kind.MASS_DELETION else VERBS | ALONE
    answers = [(name, str(words[name])) for name in ANSWERS[issue.kind]]
    there = span.start if span else None
    return Question(issue.pk, issue.kind, text, answers, issue.link, there)


def _state(
    connection: Connection, questions: list[Question], calendars: list[SyncedCalendar], waiting: int
) -> str:
    asked = [one for one in questions if one.kind != Kind.NO_MEET]
    if connection.state != State.ACTIVE or asked or connection.closed_at is not None:
        return "broken"
    unread = [one for one in calendars if one.is_synced and one.pulled_at is None]
    return "syncing" if waiting or unread or not calendars else "ok"


def _said(connection: Connection, questions: list[Question], waiting: int, state: str) -> str:
    if connection.closed_at is not None or connection.state in SAID:
        return _apart(connection)
    if questions:
        return questions[0].text
    if is_slow(connection, timezone.now()):
        return gettext(
            "Google is slow or limits us; {changes}. It is tried again by itself."
        ).format(changes=_changes(waiting))
    if state == "syncing":
        return f"{_changes(waiting)}." if waiting else gettext("Reading your calendar.")
    return gettext("In sync.")


def _apart(connection: Connection) -> str:
    """What is said of one that Google lets not in, or that has closed the hours."""
    said = str(SAID.get(connection.state, _("It is tried again by itself.")))
    if connection.closed_at is not None:
        return f"{CLOSED} {said}"
    early = connection.state_since - connection.connected_at < TESTING
    if connection.state == State.NEEDS_RECONNECT and early:
        return gettext("{said} Where this happens each week, see docs/google.md.").format(said=said)
    return said


def _changes(count: int) -> str:
    return ngettext("{count} change waits", "{count} changes wait", count).format(count=count)


def is_slow(connection: Connection, now: datetime) -> bool:
    """Whether Google has failed so often, or so long, that its owner should know."""
    since = connection.failing_since
    return connection.failures >= PATIENCE or (since is not None and now - since > LONG)


def is_connected(user: User) -> bool:
    return Connection.objects.live().filter(user=user).exists()


def event_of(appointment_id: UUID, user: User) -> Link | None:
    """The event that stands for an appointment in the person's own calendar, however it stands."""
    links = Link.objects.filter(connection__user=user, appointment=appointment_id)
    live = links.filter(connection__in=Connection.objects.live()).exclude(part=Part.TIME_OFF)
    return live.exclude(state="gone").select_related("connection").order_by("-pk").first()
