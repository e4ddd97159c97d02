"""What the worker does with appointments: react to acts, and what the clock asks for."""

from __future__ import annotations

import logging
from uuid import UUID

from procrastinate.contrib.django import app

from openslot.appointments.changing import clock
from openslot.appointments.clocks import looking
from openslot.appointments.models import Act
from openslot.kernel import events, jobs

log = logging.getLogger("openslot.audit")
LOOK = "openslot.appointments.tasks.look_at_clocks"


@app.task(name=events.REACT, queue="default", retry=jobs.SOON, pass_context=False)
def react(act_id: str) -> None:
    """Tell every subscriber of what happened in the act."""
    act = Act.objects.filter(pk=UUID(act_id)).first()
    if act is None:
        return
    moves = list(act.moves.all())
    for move in moves:
        log.info(
            "act=%s appointment=%s action=%s %s→%s by=%s via=%s",
            act_id,
            move.appointment_id,
            move.action,
            move.from_status or "none",
            move.to_status,
            act.role,
            act.via,
        )
    actions = {move.action for move in moves}
    events.fan_out([f"appointment.{action}" for action in actions], act_id=act.pk)


@app.periodic(cron="* * * * *")
@app.task(name="openslot.appointments.tasks.tick", queueing_lock="appointments.tick")
def tick(timestamp: int) -> None:  # noqa: ARG001  Procrastinate passes it
    """Every minute: expire what nobody answered, complete what is over."""
    clock.expire_requests()
    clock.expire_proposals()
    clock.complete_ended()


@app.periodic(cron="17 * * * *")
@app.task(name=LOOK, queueing_lock="appointments.look_at_clocks")
def look_at_clocks(timestamp: int = 0) -> None:  # noqa: ARG001  Procrastinate passes it
    """Every hour, and when a worker begins: whether zones have got other rules."""
    looking.look()
