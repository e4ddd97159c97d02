"""Telling the rest of the house, through the job table."""

from uuid import uuid4

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from openslot import subscriptions
from openslot.kernel import events

pytestmark = pytest.mark.django_db

ACT = uuid4()


def jobs():
    return [(job.task_name, job.args) for job in ProcrastinateJob.objects.order_by("id")]


def test_an_act_is_told_by_one_job():
    events.publish(ACT)
    assert jobs() == [(events.REACT, {"act_id": str(ACT)})]


@pytest.fixture
def everybody(monkeypatch):
    """Everybody who subscribes has something to do."""
    monkeypatch.setattr(subscriptions, "CONCERNS", {})


@pytest.mark.usefixtures("everybody")
def test_each_task_that_subscribes_to_any_of_its_events_gets_one_job_of_an_act():
    tasks = events.fan_out(
        ["appointment.cancel", "appointment.expire", "appointment.nothing"], act_id=ACT
    )
    expected = {
        *subscriptions.TASKS["appointment.cancel"],
        *subscriptions.TASKS["appointment.expire"],
    }
    assert tasks == sorted(expected)
    assert jobs() == [(task, {"act_id": str(ACT)}) for task in sorted(expected)]


def test_who_has_nothing_to_do_with_an_act_gets_no_job(monkeypatch):
    [quiet, *_] = subscriptions.CONCERNS
    asked = "tests.kernel.test_events.is_concerned"
    monkeypatch.setattr(subscriptions, "CONCERNS", {quiet: asked})
    tasks = events.fan_out(["appointment.cancel"], act_id=ACT)
    assert tasks == sorted({*subscriptions.TASKS["appointment.cancel"]} - {quiet})


def is_concerned(act_id):
    assert act_id == ACT
    return False


def test_what_is_no_act_is_announced_with_its_ids():
    events.announce("account.erased", customers=["1"], providers=[])
    assert jobs() == [
        (task, {"customers": ["1"], "providers": []})
        for task in subscriptions.TASKS["account.erased"]
    ]
    events.announce("nobody.listens", id="1")
    assert len(jobs()) == len(subscriptions.TASKS["account.erased"])
