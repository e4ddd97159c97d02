"""Several mails in one job: one connection, and the trouble of one is no trouble of another."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from openslot.accounts.models import User
from openslot.notifications import deliver
from openslot.notifications.models import Channel, Delivery, State
from openslot.notifications.outgoing import sending

WAITING, SENT, FAILED = State.WAITING, State.SENT, State.FAILED


@pytest.fixture
def letters(db):
    """`letters(names)` posts a mail to each of them; the ids, by name."""

    def posted(names, **words):
        people = User.objects.bulk_create(
            User(email=f"{name}@example.org", first_name=name, **words) for name in names
        )
        drafts = [
            Delivery(user=person, cause=person.pk, channel=Channel.EMAIL, kind="welcome")
            for person in people
        ]
        deliver.post(drafts)
        return {draft.user.first_name: draft.pk for draft in drafts}

    return posted


def attempt(ids, *, last=False, **more):
    """Whether there is something left to try again."""
    try:
        sending.send(list(ids.values()), last=last, **more)
    except sending.Later:
        return True
    return False


def states(ids):
    found = Delivery.objects.in_bulk(ids.values())
    return {name: found[pk].state for name, pk in ids.items()}


def moods(server, **found):
    server.moods = {f"{name}@example.org": mood for name, mood in found.items()}


def test_many_mails_go_out_over_one_connection_in_few_jobs(server, letters):
    ids = letters([f"reader{n}" for n in range(deliver.BATCH * 2 + 1)])
    jobs = [job.args["delivery_ids"] for job in ProcrastinateJob.objects.order_by("id")]
    assert [len(job) for job in jobs] == [deliver.BATCH, deliver.BATCH, 1]
    assert {one for job in jobs for one in job} == {str(pk) for pk in ids.values()}
    assert not attempt(ids)
    assert len(server.addresses()) == len(ids)
    assert set(server.addresses().values()) == {1}
    assert server.connections == 1


def test_fifty_mails_are_read_in_one_query_and_noted_in_one_each(
    server, letters, django_assert_num_queries
):
    ids = letters([f"reader{n}" for n in range(50)])
    with django_assert_num_queries(1 + 50 * 3):  # savepoint, note, release: a transaction each
        assert not attempt(ids)


@pytest.mark.parametrize("mood", ["550 unknown", "554 spam", "450 later", "hang", "drop"])
def test_the_trouble_of_one_address_holds_up_no_other(server, letters, mood):
    ids = letters(["ann", "troubled", "zoe"])
    moods(server, troubled=mood)
    gone = mood[0] == "5"
    assert attempt(ids) is not gone
    expected = FAILED if gone else WAITING
    assert states(ids) == {"ann": SENT, "troubled": expected, "zoe": SENT}
    moods(server)
    if not gone:
        assert not attempt(ids)
        assert set(states(ids).values()) == {SENT}
    assert server.addresses()["ann@example.org"] == server.addresses()["zoe@example.org"] == 1


def test_a_server_that_breaks_off_twice_in_a_row_is_left_alone_and_the_others_come_first_next(
    server, letters
):
    ids = letters(["one", "two", "three"])
    later = timezone.now() + timedelta(seconds=1)
    Delivery.objects.filter(pk=ids["three"]).update(created_at=later)
    moods(server, one="hang", two="hang")
    assert attempt(ids)
    assert server.addresses() == {}
    assert attempt(ids)
    assert server.addresses() == {"three@example.org": 1}


def test_mails_that_a_dead_server_never_saw_are_given_up_with_the_last_try(
    server, letters, settings
):
    settings.EMAIL_PORT = 1
    ids = letters(["one", "two", "three"])
    assert attempt(ids)
    assert set(states(ids).values()) == {WAITING}
    assert not attempt(ids, last=True)
    assert set(states(ids).values()) == {FAILED}
    assert all(Delivery.objects.filter(pk__in=ids.values()).values_list("error", flat=True))


def test_a_mail_that_cannot_be_written_holds_up_no_other_and_is_given_up_in_the_end(
    server, letters
):
    ids = letters(["ann", "odd", "zoe"])
    Delivery.objects.filter(pk=ids["odd"]).update(kind="sync_attention", action="unheard of")
    assert attempt(ids)
    assert states(ids) == {"ann": SENT, "odd": WAITING, "zoe": SENT}
    assert not attempt(ids, last=True)
    odd = Delivery.objects.get(pk=ids["odd"])
    assert (odd.state, odd.error) == (FAILED, "The mail could not be written.")


def test_a_worker_that_is_asked_to_stop_stops_between_two_mails(server, letters):
    ids = letters(["ann", "bea", "cid"])
    assert attempt(ids, stop=lambda: len(server.taken) == 2)
    assert sorted(states(ids).values()) == [SENT, SENT, WAITING]
    assert not attempt(ids)
    assert set(server.addresses().values()) == {1}
