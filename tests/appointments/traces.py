"""What a write leaves behind, counted from the outside: rows, moves, acts and jobs."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from openslot.accounts.models import Customer
from openslot.appointments.models import Act, Appointment, Move
from openslot.kernel import events
from openslot.kernel.errors import DomainError


class Traces(NamedTuple):
    rows: dict[Any, dict[str, Any]]
    acts: set[Any]
    moves: set[int]
    jobs: set[int]

    def since(self, before: Traces) -> Traces:
        """Only what is new, and the rows that are not what they were."""
        changed = {pk: row for pk, row in self.rows.items() if before.rows.get(pk) != row}
        return Traces(
            changed,
            self.acts - before.acts,
            self.moves - before.moves,
            self.jobs - before.jobs,
        )


NONE = Traces({}, set(), set(), set())


def seen() -> Traces:
    """Everything as it stands now."""
    return Traces(
        {row["id"]: row for row in Appointment.objects.order_by().values()},
        set(Act.objects.values_list("pk", flat=True)),
        set(Move.objects.order_by().values_list("pk", flat=True)),
        set(ProcrastinateJob.objects.values_list("pk", flat=True)),
    )


def only_act(new: Traces) -> Act:
    """The one act of what is new, once it is sure that one job, and no more, speaks of it."""
    assert len(new.acts) == 1
    act = Act.objects.get(pk__in=new.acts)
    (job,) = ProcrastinateJob.objects.filter(pk__in=new.jobs)
    assert (job.task_name, job.args) == (events.REACT, {"act_id": str(act.pk)})
    return act


def refused(error, call, *args, **kwargs):
    """The error of a call that left no trace."""
    before = seen()
    people = Customer.objects.count()
    with pytest.raises(DomainError) as caught:
        call(*args, **kwargs)
    assert type(caught.value) is error
    assert seen() == before
    assert Customer.objects.count() == people
    return caught.value
