"""What is sent again is carried out once: keys, contents, owners and the day they are known."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from openslot.kernel.keeping import idempotency, sealing
from openslot.kernel.models import KeptAnswer
from tests import town

pytestmark = pytest.mark.django_db

ASKED = {"operation": "page:book", "key": "k1", "content": "ten o'clock"}
BOB = "user:bob"


def asked(answer=None, *, owner=BOB, about=(), **other):
    """The answer that was kept before; else this one is kept, where there is one."""
    with idempotency.claimed(owner, **ASKED | other) as claim:
        before = claim.answer
        if before is None and answer is not None:
            claim.keep(answer, about=about)
        return before


def test_a_repeat_gets_the_first_answer():
    assert asked("booked") is None
    assert asked("again") == "booked"
    assert KeptAnswer.objects.count() == 1


@pytest.mark.parametrize(
    "other", [{"owner": "user:eve"}, {"operation": "api:book"}, {"key": "k2"}], ids=str
)
def test_another_owner_operation_or_key_is_another_request(other):
    asked("booked")
    assert asked("mine", **other) is None
    assert asked(**other) == "mine"
    assert asked() == "booked"


def test_the_same_key_with_another_content_is_refused():
    asked("booked")
    with pytest.raises(idempotency.KeyReused) as refused:
        asked("other", content="noon")
    assert refused.value.code == "idempotency_key_reused"
    assert asked() == "booked"


def test_what_is_not_answered_or_fails_leaves_no_trace():
    assert asked() is None
    with pytest.raises(ZeroDivisionError):
        _fail_behind_the_answer()
    assert not KeptAnswer.objects.exists()
    assert asked("later", content="noon") is None


def _fail_behind_the_answer():
    with idempotency.claimed(BOB, **ASKED) as claim:
        claim.keep("booked")
        raise ZeroDivisionError


def test_an_empty_answer_is_an_answer():
    asked("")
    assert asked("other") == ""


def test_after_a_day_a_key_is_new_whatever_its_content(clock):
    asked("booked", about=[uuid4()])
    clock.shift(idempotency.KEPT - timedelta(microseconds=1))
    assert asked() == "booked"
    assert idempotency.forget() == 0
    clock.shift(timedelta(microseconds=1))
    assert asked("anew", content="noon") is None
    assert asked(content="noon") == "anew"
    [row] = KeptAnswer.objects.all()
    assert (row.about, row.created_at) == ([], town.NOW + timedelta(days=1))
    clock.shift(idempotency.KEPT)
    assert idempotency.forget() == 1
    assert not KeptAnswer.objects.exists()


def test_a_key_that_is_forgotten_this_very_moment_is_new():
    asked("booked")
    left = [KeptAnswer.objects.all()]

    def watch(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        if left and "INSERT INTO kernel_keptanswer" in sql:
            left.pop().delete()
        return answer

    with connection.execute_wrapper(watch):
        assert asked("anew", content="noon") is None
    assert asked(content="noon") == "anew"


def test_neither_key_nor_content_nor_answer_can_be_read_in_the_table():
    asked("booked", key="k-secret", content="c-secret")
    [row] = KeptAnswer.objects.all()
    told = f"{row.key} {row.content} {row.answer}"
    assert not any(word in told for word in ("k-secret", "c-secret", "booked"))
    with pytest.raises(sealing.NotOpened):
        sealing.opened(row.answer, context="kept answer:user:eve")


def test_somebody_s_answers_are_forgotten_and_nobody_elses(bob, carol):
    for user in (bob, carol):
        asked("booked", owner=idempotency.owner_of(user.pk))
    idempotency.PART.forget(bob)
    assert [row.owner for row in KeptAnswer.objects.all()] == [f"user:{carol.pk}"]


def test_answers_that_name_somebody_are_rewritten_where_they_are_meant():
    gil, ann = uuid4(), uuid4()
    asked("Gil and Ann", about=[gil, ann, gil])
    asked("Ann", key="k2", about=[ann])
    asked("Gil", operation="api:book", about=[gil])
    assert sorted([gil, ann]) == KeptAnswer.objects.get(about__contains=[gil, ann]).about
    count = idempotency.rewrite(
        [gil], operations="page:", how=lambda text: text.replace("Gil", "Somebody")
    )
    assert count == 1
    assert asked() == "Somebody and Ann"
    assert asked(key="k2") == "Ann"
    assert asked(operation="api:book") == "Gil"


def test_what_is_still_at_work_has_nothing_to_rewrite():
    gil = uuid4()
    with idempotency.claimed(BOB, **ASKED) as claim:
        KeptAnswer.objects.filter(pk=claim.row).update(about=[gil])
        assert idempotency.rewrite([gil], operations="", how=str.upper) == 0
