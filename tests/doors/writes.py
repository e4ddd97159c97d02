"""Every write, as a program and as a person sends it: one table for both doors.

`{name}` stands for the id of something in the town (see the fixture `town_of_writes`). A form that
is `whole` is sent as its page drew it, with these changes; so is a PUT.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from tests import town

PHOTO = "a photo"


class Machine(NamedTuple):
    """What a program sends."""

    method: str
    path: str
    sent: Any = None
    whole: bool = False


class Page(NamedTuple):
    """What a form sends."""

    path: str
    form: dict[str, Any] = {}
    whole: bool = False


class Write(NamedTuple):
    """Who writes what. `anew` is why a program that sends it again does it again."""

    who: str
    machine: Machine
    page: Page
    later: bool = False  # once the visit has begun
    anew: str = ""
    leaves: bool = False  # whoever does it is signed out by it


AT = "2030-04-02T12:00:00Z"
NEW = "2030-04-02T14:00:00Z"
WEEKLY = "FREQ=WEEKLY;COUNT=3"
GUEST = {"email": "gast@example.org", "first_name": "Gast", "last_name": "Haus"}
AWAY = {"start": "2030-04-21T22:00:00Z", "end": "2030-04-22T22:00:00Z"}
NINE_TO_TEN = {"start": "09:00", "end": "10:00"}
DAY = {"start": "2030-04-22", "end": "2030-04-22"}
NO_KEY = "the API takes an Idempotency-Key where a booking is made; each of these is a request"
BOOKED_IN = {"service": "{massage}", "date": "2030-04-02", "time": "14:00"} | GUEST
HOOK = {"url": "https://8.8.8.8/till", "events": ["appointment.moved"], "description": "Till"}
SOLD = {"name": "Talk", "duration_minutes": 30, "pricing": "fixed", "currency": "EUR"}


def booking(who: str, page: Page, **more: Any) -> Write:
    sent = {"service": "{massage}", "start": AT} | more
    return Write(who, Machine("post", "appointments/", sent), page)


def act(who: str, on: str, action: str, *, later: bool = False, **sent: Any) -> Write:
    """The same is sent to both doors."""
    machine = Machine("post", f"appointments/{{{on}}}/{action}/", sent)
    return Write(who, machine, Page(f"appointments/{{{on}}}/{action}/", sent), later)


def by_link(on: str, action: str, **sent: Any) -> Write:
    """The same by the link of a guest."""
    path = f"{{link_{on}}}/{action}/"
    machine = Machine("post", f"guest/appointments/{path}", sent)
    return Write("bob", machine, Page(f"guest/{path}", sent))


def request(action: str, on: str, **sent: Any) -> Write:
    """An answer on the list of requests."""
    machine = Machine("post", f"appointments/{{{on}}}/{action}/", sent)
    return Write("ada", machine, Page(f"provider/requests/{{{on}}}/{action}/", sent))


WRITES = {
    # Booking
    "a booking": booking("bob", Page("p/ada/{massage}/book/", {"at": AT})),
    "a booking with notes": booking(
        "bob", Page("p/ada/{massage}/book/", {"at": AT, "notes": "Hello"}), notes="Hello"
    ),
    "a series": booking(
        "bob",
        Page("p/ada/{massage}/book/several/", {"at": AT, "repeat": "weekly", "times": "3"}),
        recurrence=WEEKLY,
        on_conflict="skip",
    ),
    "a course": booking(
        "bob", Page("p/ada/{massage}/book/several/", {"at": AT, "course": "1"}), follow_ups=True
    ),
    "a provider's booking": booking("ada", Page("provider/book/", BOOKED_IN), customer=GUEST),
    "a provider's series": booking(
        "ada",
        Page("provider/book/", BOOKED_IN | {"repeat": "weekly", "times": "3", "step": "book"}),
        customer=GUEST,
        recurrence=WEEKLY,
        on_conflict="skip",
    ),
    "a provider's course": booking(
        "ada",
        Page("provider/book/", BOOKED_IN | {"course": "on", "step": "book"}),
        customer=GUEST,
        follow_ups=True,
    ),
    "an extension": Write(
        "bob",
        Machine("post", "series/{weekly}/extend/", {"count": 2, "on_conflict": "skip"}),
        Page("series/{weekly}/extend/", {"count": "2"}),
    ),
    # What is done with one
    "an acceptance": act("ada", "asked", "accept"),
    "a refusal": act("ada", "asked", "decline", reason="Away"),
    "an acceptance on the list": request("accept", "asked"),
    "a refusal on the list": request("decline", "asked", reason="Away"),
    "a series accepted on the list": request("accept", "weekly_first", scope="all"),
    "a cancellation": act("bob", "visit", "cancel", reason="Ill"),
    "a reschedule": act("ada", "visit", "reschedule", start=NEW),
    "a proposal": act("bob", "visit", "reschedule", start=NEW),
    "a proposal by the provider": Write(
        "ada",
        Machine("post", "appointments/{asked}/reschedule/", {"start": NEW, "propose": True}),
        Page("appointments/{asked}/propose/", {"start": NEW}),
    ),
    "a proposal accepted": act("ada", "proposed", "accept"),
    "a proposal declined": act("ada", "proposed", "decline"),
    "a proposal withdrawn": act("bob", "proposed", "withdraw"),
    "a completion": act("ada", "visit", "complete", later=True),
    "a no-show": act("ada", "visit", "no-show", later=True),
    "notes": Write(
        "bob",
        Machine("patch", "appointments/{visit}/", {"notes": "The back door"}),
        Page("appointments/{visit}/notes/", {"notes": "The back door"}),
    ),
    # Scopes and dependents
    "a series accepted": act("ada", "weekly_first", "accept", scope="all"),
    "a series declined from one on": act("ada", "weekly_second", "decline", scope="following"),
    "a series cancelled": act("bob", "weekly_first", "cancel", scope="all"),
    "a series rescheduled": act(
        "ada", "weekly_first", "reschedule", scope="all", start="2030-04-04T10:00:00Z"
    ),
    "a cancellation with its dependents": act("bob", "first", "cancel", dependents="cancel"),
    "a cancellation that keeps its dependents": act("ada", "first", "cancel", dependents="keep"),
    "a reschedule with its dependents": act(
        "ada", "first", "reschedule", start="2030-04-10T09:00:00Z", dependents="shift"
    ),
    # By the link of a guest, whoever has it
    "a guest's cancellation": by_link("called", "cancel", reason="Ill"),
    "a guest's reschedule": by_link("called", "reschedule", start=NEW),
    "a guest takes the new time": by_link("offered", "accept"),
    "a guest keeps the old time": by_link("offered", "decline", reason="No"),
    "a guest's proposal taken back": by_link("offering", "withdraw"),
    # A provider's time
    "time off": Write(
        "ada",
        Machine("post", "provider/time-off/", AWAY),
        Page("provider/time-off/take/", DAY),
        anew=NO_KEY,
    ),
    "time off over appointments": Write(
        "ada",
        Machine(
            "post",
            "provider/time-off/",
            {"start": "2030-04-01T22:00:00Z", "end": "2030-04-02T22:00:00Z"}
            | {"conflicts": "cancel", "reason": "Ill"},
        ),
        Page(
            "provider/time-off/take/",
            {"start": "2030-04-02", "end": "2030-04-02", "conflicts": "cancel", "reason": "Ill"},
        ),
        anew=NO_KEY,
    ),
    "time off changed": Write(
        "ada",
        Machine("patch", "provider/time-off/{away}/", AWAY | {"reason": "Ill"}),
        Page("provider/time-off/{away}/", DAY | {"reason": "Ill"}),
    ),
    "a special day changed": Write(
        "ada",
        Machine("patch", "provider/special-hours/{special}/", {"spans": [NINE_TO_TEN]}),
        Page(
            "provider/special-hours/", {"date": "2030-05-05", "opens": "09:00", "closes": "10:00"}
        ),
    ),
    "time off given back": Write(
        "ada",
        Machine("delete", "provider/time-off/{away}/"),
        Page("provider/time-off/{away}/give-back/"),
    ),
    "hours": Write(
        "ada",
        Machine(
            "put",
            "provider/working-hours/",
            [{"weekday": 2, "start": "18:00", "end": "20:00"}],
            whole=True,
        ),
        Page("provider/hours/", {"add": "2", "opens_2": "18:00", "closes_2": "20:00"}),
    ),
    "a special day": Write(
        "ada",
        Machine("post", "provider/special-hours/", {"date": "2030-04-09", "spans": []}),
        Page("provider/special-hours/", {"date": "2030-04-09"}),
    ),
    "a special day removed": Write(
        "ada",
        Machine("delete", "provider/special-hours/{special}/"),
        Page("provider/special-hours/{special}/remove/"),
    ),
    # What is sold, and who sells it
    "a service": Write(
        "ada",
        Machine("post", "provider/services/", SOLD | {"price": "20.00"}),
        Page(
            "provider/services/new/", SOLD | {"price": "20.00", "recurring": "on", "active": "on"}
        ),
        anew=NO_KEY,
    ),
    "a service changed": Write(
        "ada",
        Machine("patch", "provider/services/{massage}/", {"name": "Long massage"}),
        Page("provider/services/{massage}/", {"name": "Long massage"}, whole=True),
    ),
    "a service removed": Write(
        "ada",
        Machine("delete", "provider/services/{treatment}/"),
        Page("provider/services/{treatment}/remove/"),
    ),
    "a customer's notes": Write(
        "ada",
        Machine("patch", "provider/customers/{customer}/", {"notes": "Tea", "blocked": True}),
        Page("provider/customers/{customer}/", {"notes": "Tea", "blocked": "on"}),
    ),
    "a guest corrected": Write(
        "ada",
        Machine("patch", "provider/customers/{guest}/", {"first_name": "Gisela", "phone": "030 1"}),
        Page("provider/customers/{guest}/", {"first_name": "Gisela", "phone": "030 1"}, whole=True),
    ),
    "two guests joined": Write(
        "ada",
        Machine("post", "provider/customers/{guest}/merge/", {"into": "{same}"}),
        Page("provider/customers/{guest}/merge/", {"into": "{same}"}),
    ),
    "becoming a provider": Write(
        "bob",
        Machine(
            "post",
            "provider/",
            {"name": "Bob's", "timezone": "Europe/Berlin"}
            | {"location": {"kind": "in_person", "text": ""}},
        ),
        Page(
            "provider/new/",
            {"name": "Bob's", "timezone": "Europe/Berlin", "location_kind": "in_person"},
        ),
    ),
    "a provider's profile": Write(
        "ada",
        Machine("patch", "provider/", {"headline": "Hands that help"}),
        Page("provider/profile/", {"headline": "Hands that help"}, whole=True),
    ),
    "the address of a provider's page": Write(
        "ada",
        Machine("patch", "provider/", {"slug": "ada-of-old"}),
        Page("provider/profile/", {"slug": "ada-of-old"}, whole=True),
    ),
    "a provider's rules": Write(
        "ada",
        Machine("patch", "provider/", {"daily_limit": 6}),
        Page("provider/rules/", {"daily_limit": "6"}, whole=True),
    ),
    "a provider's photo": Write(
        "ada",
        Machine("put", "provider/photo/", PHOTO),
        Page("provider/profile/photo/", {"photo": PHOTO}),
    ),
    "a provider's photo removed": Write(
        "ada",
        Machine("delete", "provider/photo/"),
        Page("provider/profile/photo/", {"remove": "yes"}),
    ),
    "a number for customers": Write(
        "ada",
        Machine("patch", "provider/", {"contact_phone": "030 901820"}),
        Page("provider/words/", {"contact_phone": "030 901820"}),
    ),
    "own words": Write(
        "ada",
        Machine("put", "provider/words/", {"reminder": "Bring tea."}),
        Page("provider/words/reminder/", {"reminder": "Bring tea."}),
    ),
    # Other programs
    "a webhook": Write(
        "ada",
        Machine("post", "provider/webhooks/", HOOK),
        Page("provider/webhooks/new/", HOOK),
        anew=NO_KEY,
    ),
    "a webhook changed": Write(
        "ada",
        Machine("patch", "provider/webhooks/{webhook}/", HOOK | {"active": False}),
        Page("provider/webhooks/{webhook}/", HOOK),
    ),
    "a new secret": Write(
        "ada",
        Machine("post", "provider/webhooks/{webhook}/rotate/"),
        Page("provider/webhooks/{webhook}/rotate/"),
    ),
    "a test of a webhook": Write(
        "ada",
        Machine("post", "provider/webhooks/{webhook}/test/"),
        Page("provider/webhooks/{webhook}/test/"),
        anew=NO_KEY,
    ),
    "a message sent again": Write(
        "ada",
        Machine("post", "provider/webhooks/{webhook}/deliveries/{message}/retry/"),
        Page("provider/webhooks/{webhook}/deliveries/{message}/retry/"),
    ),
    "a webhook removed": Write(
        "ada",
        Machine("delete", "provider/webhooks/{webhook}/"),
        Page("provider/webhooks/{webhook}/remove/"),
    ),
    # One's own account
    "a profile": Write(
        "bob",
        Machine("patch", "me/", {"first_name": "Robert", "phone": "030 1"}),
        Page("me/", {"first_name": "Robert", "phone": "030 1"}, whole=True),
    ),
    "a picture": Write(
        "bob", Machine("put", "me/photo/", PHOTO), Page("me/photo/", {"photo": PHOTO})
    ),
    "a picture removed": Write(
        "bob", Machine("delete", "me/photo/"), Page("me/photo/", {"remove": "1"})
    ),
    "preferences": Write(
        "bob",
        Machine("put", "notification-preferences/", {"reminder_minutes": [30]}, whole=True),
        Page("me/notifications/", {"reminder_minutes": ["30"]}, whole=True),
    ),
    "a notice read": Write(
        "ada", Machine("post", "notifications/{notice}/read/"), Page("notifications/{notice}/")
    ),
    "all notices read": Write(
        "ada", Machine("post", "notifications/read-all/"), Page("notifications/read-all/")
    ),
    "another feed": Write("bob", Machine("post", "me/feed/"), Page("me/feed/")),
    "an erasure": Write(
        "bob",
        Machine("delete", "me/", {"password": town.PASSWORD}),
        Page("me/erase/"),
        leaves=True,
    ),
}

READS = "it writes nothing"
OF_GOOGLE = "it needs Google: tests/sync"
OF_ALLAUTH = "signing in and up has tests of its own: tests/api/test_tokens.py, tests/web"

# What takes a write and stands in no row of the table, and why.
EXCEPTIONS_OF_THE_API = {
    "post signup/": OF_ALLAUTH,
    "post token/": OF_ALLAUTH,
    "post token/refresh/": OF_ALLAUTH,
    "post token/revoke/": OF_ALLAUTH,
    "post token/google/": OF_ALLAUTH,
    "post appointments/preview/": READS,
    "post series/<uuid:id>/extend/preview/": READS,
    "post holds/": "it keeps a time for a form; pages do by script: tests/api/test_holds.py",
    "delete holds/<str:id>/": "the same",
    "post guest/code/": "it mails digits: tests/api/test_guests.py",
    "patch calendar/": OF_GOOGLE,
    "delete calendar/": OF_GOOGLE,
    "post calendar/connect/": OF_GOOGLE,
    "post calendar/sync/": OF_GOOGLE,
}
EXCEPTIONS_OF_THE_PAGES = {
    "hold": "its script keeps a time for a form: tests/web/test_holding.py",
    "invitation": "both doors, and that it is done once: tests/doors/test_limits.py",
    **dict.fromkeys(("home", "find", "provider", "appointments", "appointment", "series"), READS),
    **dict.fromkeys(
        (
            "requests",
            "clocks",
            "agenda",
            "planner",
            "planner_events",
            "services",
            "time_off",
            "customers",
            "webhooks",
        ),
        READS,
    ),
    **dict.fromkeys(("notifications", "notifications_unread", "feed", "me_export"), READS),
    **dict.fromkeys(("analytics", "analytics_csv", "appointment_file", "feed_show"), READS),
    **dict.fromkeys(("media", "look", "mailbox", "mailbox_mail", "mailbox_html"), READS),
    **dict.fromkeys(("mailbox_part", "bookings", "bookings_csv", "why_not"), READS),
    "report": "a visitor's word, once however often it is sent: tests/web/test_report.py",
    "guest_links": "it mails links: tests/web/test_guest_pages.py",
    "guest_account": OF_ALLAUTH,
    "guest_keep": READS,
    **dict.fromkeys(("guest_appointment", "guest_file", "embed", "embed_booked"), READS),
    "embed_book": "a guest in a frame, twice too: tests/web/test_embedded.py",
    **dict.fromkeys(
        ("robots", "favicon", "sitemap", "django.contrib.sitemaps.views.sitemap"), READS
    ),
    **dict.fromkeys(("time_off_many", "time_off_file", "own_site_code"), READS),
    "answer_clocks": "many at once, of what a new release of the tz database has put beside its "
    "clock: tests/web/test_clocks.py",
    "answer_requests": "each as by itself, twice too: tests/web/test_many_requests.py",
    "time_off_take_many": "what was shown there, twice too: tests/web/test_days_off.py",
    **dict.fromkeys(
        ("questions", "question", "question_remove", "question_up"),
        "one at a time of what the API sends whole, twice too: tests/web/test_questions.py",
    ),
    "language": "programs say it with each call: tests/web/test_languages.py",
    "own_site": "both doors, and what is refused: tests/web/test_embedded.py",
    "unsubscribe": "a link in a mail, without a sign-in and without a door for programs; it leaves "
    "the same behind however often it is sent (tests/web/test_notifications.py)",
    **dict.fromkeys(("calendar", "calendar_connect", "calendar_callback"), OF_GOOGLE),
    **dict.fromkeys(("calendar_sync", "calendar_leave", "calendar_answer"), OF_GOOGLE),
}
