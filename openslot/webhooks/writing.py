"""What an act is to other programs: a message for each move and each address that wants it.

Jobs of several acts run beside one another. So whoever writes the messages of an act writes those
of the earlier moves of its appointments too, if nobody has yet: none overtakes another.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from openslot.appointments.desk import shape
from openslot.appointments.models import Appointment, Move
from openslot.kernel import timerange
from openslot.webhooks import bell, forgetting, kinds
from openslot.webhooks.models import Message, Webhook

# How far back earlier moves are looked for: longer than jobs wait, shorter than messages are kept
# (kernel/keeping/retention.py), or what was told and forgotten would be told again.
LOOKS_BACK = timedelta(days=7)


def is_concerned(act_id: UUID) -> bool:
    """Whether any webhook may be told of an act."""
    return Webhook.objects.active().filter(provider__appointments__moves__act=act_id).exists()


def note(act_id: UUID) -> None:
    """Write the messages of an act and wake whoever sends them. Safe to run twice."""
    for webhook in _written(act_id):
        bell.ring(webhook.pk, failing=webhook.failing_since is not None)


@transaction.atomic
def _written(act_id: UUID) -> list[Webhook]:
    """The webhooks for which there is something new."""
    concerned = Appointment.objects.filter(moves__act=act_id)
    providers = set(concerned.order_by().values_list("provider", flat=True))
    known = Webhook.objects.active().filter(provider__in=providers)
    if not known.exists():
        return []
    forgetting.wait()
    about = set(concerned.order_by().values_list("pk", flat=True))
    appointments = Appointment.objects.with_people().in_bulk(about)
    webhooks = list(known.select_for_update(no_key=True).order_by("pk"))
    drafts = [
        draft
        for webhook in webhooks
        for draft in _drafts(webhook, _moves(act_id, appointments), appointments)
    ]
    fresh = _unwritten(drafts)
    Message.objects.bulk_create(fresh)
    return [webhook for webhook in webhooks if any(one.webhook == webhook for one in fresh)]


def _moves(act_id: UUID, appointments: Iterable[UUID]) -> list[Move]:
    """Those of the act, and of its appointments before it; and after, where there are some."""
    since = Move.objects.filter(act=act_id).values("act__at")[:1]
    moves = Move.objects.filter(appointment__in=appointments, action__in=kinds.BY_ACTION)
    return [
        move
        for move in moves.select_related("act").annotate(then=since).order_by("id")
        if move.act.at > move.then - LOOKS_BACK
    ]


def _drafts(
    webhook: Webhook, moves: Sequence[Move], appointments: dict[UUID, Appointment]
) -> Iterable[Message]:
    now = timezone.now()
    for move in moves:
        kind, about = kinds.type_of(move), appointments[move.appointment_id]
        if about.provider_id == webhook.provider_id and webhook.is_told(kind, at=move.act.at):
            yield Message(
                webhook=webhook,
                type=kind,
                move=move,
                appointment=about,
                at=move.act.at,
                body=body(kind, at=move.act.at, about=about, now=now),
                due_at=now,
                created_at=now,
            )


def _unwritten(drafts: Sequence[Message]) -> list[Message]:
    moves = {draft.move_id for draft in drafts}
    known = set(Message.objects.filter(move__in=moves).values_list("webhook", "move"))
    return [draft for draft in drafts if (draft.webhook_id, draft.move_id) not in known]


def body(kind: str, *, at: datetime, about: Appointment | None, now: datetime) -> str:
    """What is sent: `{type, timestamp, data}`; of an appointment what its provider sees now."""
    data: dict[str, Any] = {}
    if about is not None:
        # A provider who was forgotten has no webhooks any more.
        to = about.provider.user
        assert to is not None  # noqa: S101
        data["appointment"] = shape.plain(about, to=to, now=now)
    said = {"type": kind, "timestamp": timerange.written(at), "data": data}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))
