"""Nothing grows for ever: each row of the table in docs/self-hosting.md is carried out."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.usersessions.models import UserSession
from asgiref.sync import async_to_sync
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from openslot.accounts.models import AddressCode, Report
from openslot.appointments.models import Hold
from openslot.kernel import jobs
from openslot.kernel.keeping import counters, idempotency, retention
from openslot.kernel.models import KeptAnswer
from openslot.notifications.models import Delivery, Reminder
from openslot.sync import tasks as sync_tasks
from openslot.sync.models import (
    Attempt,
    Change,
    Channel,
    Connection,
    Issue,
    Request,
    SyncedCalendar,
)
from openslot.webhooks.models import Message, Webhook
from tests import town
from tests.kernel.past import ended
from tests.running.processes import ROOT

pytestmark = pytest.mark.django_db
SECTION = re.compile(r"## What is kept for how long\n(.*?)\n## ", re.DOTALL)
ROW = re.compile(r"^\| ([A-Z].*?) \| (\d+) \|$", re.MULTILINE)
DOCS = (ROOT / "docs/self-hosting.md").read_text()
TABLE = dict(ROW.findall(SECTION.search(DOCS)[1]))


def session(at, n, **_):
    return Session.objects.create(session_key=f"key{n}", expire_date=at)


def token(at, n, people, **_):
    made = OutstandingToken.objects.create(user=people["bob"], jti=f"j{n}", expires_at=at)
    BlacklistedToken.objects.create(token=made)
    return made


def confirmation(at, n, people, **_):
    address, _ = EmailAddress.objects.get_or_create(user=people["bob"], email="b@example.org")
    return EmailConfirmation.objects.create(email_address=address, key=f"k{n}", created=at)


def entry(at, people, **_):
    kind = ContentType.objects.get_for_model(Session)
    made = LogEntry.objects.create(user=people["bob"], content_type=kind, action_flag=1)
    LogEntry.objects.filter(pk=made.pk).update(action_time=at)
    return made


def delivery(people, n, **fields):
    return Delivery.objects.create(
        cause=f"00000000-0000-4000-8000-{n:012}", user=people["bob"], kind="confirmed", **fields
    )


def mail(at, n, people, **_):
    return delivery(people, n, channel="email", state="sent", created_at=at)


def read(at, n, people, **_):
    long_ago = at - timedelta(days=1000)
    return delivery(people, n, channel="in_app", created_at=long_ago, read_at=at)


def unread(at, n, people, **_):
    return delivery(people, n, channel="in_app", created_at=at)


def reminder(at, n, people, **_):
    appointment = people["appointment"]
    return Reminder.objects.create(appointment=appointment, role="customer", minutes=n, due_at=at)


def job(at, **_):
    return ProcrastinateJob.objects.get(pk=ended("failed", days=(timezone.now() - at).days))


def key(at, n, **_):
    return KeptAnswer.objects.create(owner="user:bob", key=f"k{n}", answer="yes", created_at=at)


class Count:
    """A count towards a limit."""

    def __init__(self, at, n):
        self.name = f"count{n}"
        cache.set(self.name, 1, 600)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE cache SET expires = %s WHERE cache_key = %s",
                [at, cache.make_key(self.name)],
            )

    def is_there(self):
        with connection.cursor() as cursor:
            key = cache.make_key(self.name)
            cursor.execute("SELECT count(*) FROM cache WHERE cache_key = %s", [key])
            return cursor.fetchone() == (1,)


def by_rules():
    retention.forget(now=timezone.now())


def place(at, n, people, **_):
    return UserSession.objects.create(
        user=people["bob"], session_key=f"k{n}", ip="127.0.0.1", last_seen_at=at
    )


def attempt(at, n, people, **_):
    return Attempt.objects.create(user=people["bob"], digest=f"d{n}", created_at=at)


def connected(people):
    connection, _ = Connection.objects.get_or_create(user=people["bob"], google_sub="bob")
    return connection


def question(at, people, **_):
    return Issue.objects.create(connection=connected(people), kind="refused", resolved_at=at)


def call(at, people, **_):
    return Request.objects.create(
        connection=connected(people), at=at, method="x", status=200, milliseconds=1
    )


def change(at, people, n, **_):
    appointment = people["appointment"]
    return Change.objects.create(
        connection=connected(people), appointment=appointment, rev=n, done_at=at
    )


def channel(at, people, **_):
    calendar, _ = SyncedCalendar.objects.get_or_create(
        connection=connected(people), google_id="primary"
    )
    return Channel.objects.create(calendar=calendar, token_digest="t", expires_at=at)


def of_the_sync():
    sync_tasks.tidy.func(timestamp=0)


def hold(at, n, people, **_):
    of, start = people["appointment"].service, at + timedelta(days=30)
    return Hold.objects.create(
        digest=f"{n:064}",
        provider=of.provider,
        service=of,
        start=start,
        end=start + of.duration,
        held_start=start,
        held_end=start + of.duration,
        expires_at=at,
    )


def digits(at, n, **_):
    return AddressCode.objects.create(email=f"gil{n}@example.org", asked_at=at)


def message(at, people, **_):
    provider = people["appointment"].provider
    webhook, _ = Webhook.objects.get_or_create(provider=provider, secret="sealed", wants={})
    return Message.objects.create(
        webhook=webhook, type="webhook.test", state="failed", at=at, due_at=at, created_at=at
    )


def report(at, people, **_):
    provider = people["appointment"].provider
    return Report.objects.create(provider=provider, wrong="other", settled_at=at)


MADE = {
    "What was sent to webhooks, with its tries": (message, by_rules),
    "Times held that nobody booked": (hold, by_rules),
    "Reports of pages that were seen to": (report, by_rules),
    "Digits mailed to guests": (digits, by_rules),
    "Entries in the list of one's sessions": (place, by_rules),
    "Ways to Google that were begun": (attempt, by_rules),
    "Answered questions of calendars": (question, by_rules),
    "Calls of Google, without what was said": (call, of_the_sync),
    "Changes that have reached Google": (change, of_the_sync),
    "Channels of Google that ran out": (channel, of_the_sync),
    "Sessions that have expired": (session, by_rules),
    "Refresh tokens that have expired": (token, by_rules),
    "Confirmations of addresses": (confirmation, by_rules),
    "The admin's log": (entry, by_rules),
    "Mails and text messages that were sent or given up": (mail, by_rules),
    "Notices that were read": (read, by_rules),
    "Notices that nobody read": (unread, by_rules),
    "Reminders that were due": (reminder, by_rules),
    "Jobs that failed": (job, lambda: async_to_sync(jobs.tidy.func)(timestamp=0)),
    "Answers to an Idempotency-Key": (key, idempotency.forget),
    "Counts of attempts whose limit is over": (
        lambda at, n, **_: Count(at, n),
        counters.purge,
    ),
}


# Each model that no rule empties, beside the words of the documentation for why it stays.
STAYS = {
    "People, and what they set up": {
        *("accounts.User", "accounts.Provider", "accounts.Customer", "account.EmailAddress"),
        *("accounts.Consent", "accounts.FormerSlug"),
        *("socialaccount.SocialAccount", "mfa.Authenticator", "notifications.Preference"),
        *(
            "notifications.Feed",
            "notifications.OwnWords",
            "catalog.Service",
            "availability.WorkingHours",
        ),
        *("availability.SpecialHours", "availability.TimeOff", "availability.TimeOffSpan"),
        *("sync.Connection", "sync.SyncedCalendar", "webhooks.Webhook"),
        "availability.Busy",  # each reading of a calendar replaces what was read before
    },
    "Hours and days off of former times": {
        *("availability.FormerHours", "availability.FormerSpecialHours"),
        "availability.FormerTimeOff",
    },
    "Appointments, and what was done with them": {
        *("appointments.Series", "appointments.Appointment"),
        *("appointments.Act", "appointments.Move"),
    },
    "Which event in Google is whose": {"sync.Link"},
    "What the program knows of itself": {
        *("auth.Permission", "auth.Group", "contenttypes.ContentType", "catalog.Category"),
        "appointments.ZoneRules",
        *("socialaccount.SocialApp", "socialaccount.SocialToken"),  # of which none is made
        *("procrastinate.ProcrastinateWorker", "procrastinate.ProcrastinatePeriodicDefer"),
    },
}
# What has a job of its own, and what goes with the row that it belongs to.
EMPTIED = {rule.model for rule in retention.RULES} | {
    *("procrastinate.ProcrastinateJob", "procrastinate.ProcrastinateEvent"),
    *("kernel.KeptAnswer", "sync.Request", "sync.Change", "sync.Channel"),
    *("token_blacklist.BlacklistedToken", "api.FamilyMember", "webhooks.Attempt"),
}


def test_every_table_has_a_rule_or_a_reason_to_stay():
    models = {model._meta.label for model in apps.get_models()}
    reasons = set().union(*STAYS.values())
    assert models == EMPTIED | reasons, "say in docs/self-hosting.md how long its rows are kept"
    assert not EMPTIED & reasons
    told = re.findall(r"^\| (.+?) \| (?!\d)", SECTION.search(DOCS)[1], re.MULTILINE)
    assert set(told) - {"What", "What stays"} == STAYS.keys()


@pytest.fixture
def people_there(bob, massage):
    return {"bob": bob, "appointment": town.booked(massage, bob, town.at(8))}


def is_there(row):
    return (
        row.is_there() if isinstance(row, Count) else type(row).objects.filter(pk=row.pk).exists()
    )


@pytest.mark.parametrize("what", TABLE)
def test_what_the_table_says_is_done(people_there, what):
    make, forget = MADE[what]
    border = timezone.now() - timedelta(days=int(TABLE[what]))
    young = make(border + timedelta(days=1), n=1, people=people_there)
    old = make(border - timedelta(days=1), n=2, people=people_there)
    forget()
    assert (is_there(young), is_there(old)) == (True, False)


def test_the_table_names_every_rule_with_its_days():
    assert {rule.what: str(rule.kept.days) for rule in retention.RULES}.items() <= TABLE.items()
    assert TABLE.keys() == MADE.keys()


def test_what_is_still_to_be_sent_stays_and_so_does_a_welcome(bob):
    long_ago = timezone.now() - timedelta(days=3000)
    delivery({"bob": bob}, 1, channel="email", state="waiting", created_at=long_ago)
    welcome = delivery({"bob": bob}, 2, channel="in_app", created_at=long_ago)
    Delivery.objects.filter(pk=welcome.pk).update(kind="welcome", read_at=long_ago)
    assert retention.forget(now=timezone.now()) == 0


def test_a_run_deletes_in_batches_and_leaves_the_rest_to_the_next(monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    monkeypatch.setattr(retention, "BATCHES", 2)
    for n in range(5):
        session(timezone.now() - timedelta(days=1), n)
    assert retention.forget(now=timezone.now()) == 4
    assert retention.forget(now=timezone.now()) == 1
