"""What Prometheus reads: for whoever has the token, and true."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app
from prometheus_client.parser import text_string_to_metric_families

from openslot.notifications.models import Channel, Delivery, Reminder, State
from openslot.sync.models import Change, Connection
from openslot.sync.models import State as CalendarState
from tests import town

pytestmark = pytest.mark.django_db
TOKEN = "a token of the operator's"


@pytest.fixture
def read(client, settings):
    """`read()` is each figure by its name and labels."""
    settings.METRICS_TOKEN = TOKEN

    def got():
        answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 200
        families = text_string_to_metric_families(answer.content.decode())
        samples = [sample for family in families for sample in family.samples]
        return {(one.name, *one.labels.values()): one.value for one in samples}

    return got


@pytest.fixture
def request_of_bob(massage, bob):
    return town.booked(massage, bob, town.at(10))


@pytest.fixture
def connected(ada):
    return Connection.objects.create(user=ada, google_sub="1", installation="here")


def test_without_a_token_there_is_no_such_page(client, settings):
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize(
    "header", ["", TOKEN, "Bearer", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", "Bearer tökén\x00"]
)
def test_who_does_not_know_it_reads_nothing(client, settings, header, django_assert_num_queries):
    settings.METRICS_TOKEN = TOKEN
    with django_assert_num_queries(0):
        answer = client.get("/metrics", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert not answer.content


def test_an_operator_in_the_browser_needs_it_too(settings, client, bob):
    settings.METRICS_TOKEN = TOKEN
    bob.is_staff = bob.is_superuser = True
    bob.save()
    assert town.sign_in(client, bob).get("/metrics").status_code == 401


def test_it_is_only_looked_at_and_not_kept(client, settings):
    settings.METRICS_TOKEN = TOKEN
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    assert client.post("/metrics", headers=bearer).status_code in {403, 405}
    assert "no-store" in client.get("/metrics", headers=bearer)["Cache-Control"]


def test_where_nothing_is_there_is_a_nought_for_each(read):
    figures = read()
    version = [name for name in figures if name[0] == "openslot_info"]
    assert len(version) == 1
    rest = {name: value for name, value in figures.items() if name not in version}
    assert len(rest) == 35
    assert not any(rest.values())


def test_eleven_statements_however_much_there_is(read, connected, django_assert_num_queries):
    for n in range(20):
        app.configure_task(f"unheard.of.{n}", queue=f"queue{n % 4}", allow_unknown=True).defer()
    with django_assert_num_queries(11):
        read()


def test_jobs_are_counted_by_queue_and_age(read, clock):
    job = app.configure_task("unheard.of", queue="mail", allow_unknown=True)
    job.defer()
    with connection.cursor() as cursor:  # the database's clock runs, that of the tests stands
        cursor.execute("UPDATE procrastinate_events SET at = %s", [timezone.now()])
    app.configure_task(
        "unheard.of", queue="default", allow_unknown=True, schedule_in={"hours": 1}
    ).defer()
    clock.shift(timedelta(seconds=90))
    figures = read()
    assert figures["openslot_jobs", "mail", "todo"] == 1
    assert figures["openslot_jobs", "default", "todo"] == 1
    assert figures["openslot_job_oldest_seconds", "mail"] == 90
    assert figures["openslot_job_oldest_seconds", "default"] == 0  # its time has not come


def test_a_worker_that_fell_silent_is_none(read, clock):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)", [timezone.now()]
        )
    assert read()["openslot_workers",] == 1
    clock.shift(timedelta(seconds=31))
    assert read()["openslot_workers",] == 0


@pytest.mark.parametrize(
    ("channel", "name"), [(Channel.EMAIL, "openslot_mails"), (Channel.SMS, "openslot_texts")]
)
def test_what_did_not_get_through_is_counted(read, ada, bob, eve, channel, name):
    for person, state in ((ada, State.FAILED), (bob, State.WAITING), (eve, State.SENT)):
        Delivery.objects.create(
            user=person, cause=person.pk, channel=channel, kind="welcome", state=state
        )
    figures = read()
    found = {key[0]: {} for key in figures if key[0] in {"openslot_mails", "openslot_texts"}}
    for (family, *labels), value in figures.items():
        if family in found:
            found[family][labels[0]] = value
    assert found.pop(name) == {"waiting": 1, "failed": 1}
    assert [*found.values()] == [{"waiting": 0, "failed": 0}]


def test_a_reminder_is_late_once_it_is_due(read, clock, request_of_bob):
    Reminder.objects.create(
        appointment=request_of_bob, role="customer", minutes=60, due_at=timezone.now()
    )
    assert read()["openslot_reminders_late",] == 1
    Reminder.objects.update(sent_at=timezone.now())
    assert read()["openslot_reminders_late",] == 0


def test_calendars_are_counted_by_state_and_what_waits_for_them(
    read, clock, connected, request_of_bob
):
    Change.objects.create(connection=connected, appointment=request_of_bob)
    clock.shift(timedelta(minutes=2))
    figures = read()
    assert figures["openslot_calendars", "active"] == 1
    assert figures["openslot_calendar_changes_waiting",] == 1
    assert figures["openslot_calendar_change_oldest_seconds",] == 120
    Connection.objects.update(state=CalendarState.DISCONNECTED)
    assert read()["openslot_calendar_changes_waiting",] == 0  # nobody waits for it
