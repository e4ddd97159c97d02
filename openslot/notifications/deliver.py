"""Telling people: once for each cause, person and channel, whatever is retried or killed.

`tell` writes down, in one transaction, who hears of an act, and defers the sending of the mails
(sending.py). See docs/adr/0013.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from openslot.accounts.models import Customer, Provider, User
from openslot.appointments.changing import time_off
from openslot.appointments.clocks import answering
from openslot.appointments.guests import invitations
from openslot.appointments.models import Act, Appointment, Move, Role, Status
from openslot.availability.models import TimeOff
from openslot.notifications import kinds, mail, preferences
from openslot.notifications.models import Channel, Delivery, Preference, State

SEND = "openslot.notifications.tasks.send"
TEXT = "openslot.notifications.tasks.text"
WAITS = timedelta(minutes=1)  # so long a confirmation may be on its way
BATCH = 100  # mails that one job sends


@transaction.atomic
def tell(act_id: UUID) -> None:
    """Let everybody hear of an act whom it concerns. Safe to run twice."""
    act = Act.objects.select_for_update(no_key=True).filter(pk=act_id).first()
    if act is None:
        return
    heard: defaultdict[tuple[UUID, Role], list[Move]] = defaultdict(list)
    people: dict[UUID, User | Customer] = {}
    for move in mail.moves_of(act):
        if _is_told_with_another(move, act):
            continue
        for role in kinds.told(move.action, by=act.role):
            for person in people_in(move.appointment, role):
                people[person.pk] = person
                heard[person.pk, role].append(move)
    kept = preferences.of(people.values())
    drafts: list[Delivery] = []
    for (pk, role), moves in heard.items():
        receipt = kinds.told(moves[0].action, by=act.role)[role]
        drafts += _drafts(act, people[pk], role, moves, receipt=receipt, kept=kept[pk])
    post(drafts)


def _is_told_with_another(move: Move, act: Act) -> bool:
    """A place that comes with the confirmation, or will, is no news of its own."""
    if move.action != "relocate":
        return False
    if move.to_status != Status.CONFIRMED:
        return True
    recent = act.at - WAITS
    before = move.appointment.moves.filter(action__in=("book", "accept"), act__at__gt=recent)
    confirming = before.order_by("-id").values_list("act", flat=True).first()
    return confirming is not None and not Delivery.objects.filter(cause=confirming).exists()


def _drafts(
    act: Act,
    person: User | Customer,
    role: Role,
    moves: Sequence[Move],
    *,
    receipt: bool,
    kept: Preference,
) -> Iterable[Delivery]:
    """One draft for each channel by which the person hears of some of the moves."""
    by = channels(person, receipt=receipt)
    if role == Role.CUSTOMER and isinstance(person, User) and _is_guest(moves[0].appointment):
        by = [Channel.IN_APP]  # the mail goes to the guest that they are there
    for channel in by:
        wanted = [
            move
            for move in moves
            if kept.wants(mail.kind_of(move), channel)
            and (channel == Channel.IN_APP or kinds.RULES[move.action].mailed)
        ]
        if not wanted:
            continue
        first = wanted[0]
        yield Delivery(
            **whose(person),
            cause=act.pk,
            channel=channel,
            kind=mail.kind_of(first),
            act=act,
            appointment=first.appointment,
            role=role,
            action=first.action,
            receipt=receipt,
            count=len(moves),
            start=mail.start_told(first),
        )


def person_in(appointment: Appointment, role: str) -> User | Customer | None:
    """Who has that part in an appointment and can be told: a user, or a guest with an address."""
    if role == Role.PROVIDER:
        user = appointment.provider.user
        return user if user is not None and user.is_active else None
    customer = appointment.customer
    if customer.user is not None:
        return customer.user if customer.user.is_active else None
    return customer if customer.email else None


def people_in(appointment: Appointment, role: str) -> list[User | Customer]:
    """The same, and whose address a guest has: they are asked whether it is theirs."""
    person = person_in(appointment, role)
    if not isinstance(person, Customer):
        return [] if person is None else [person]
    owner = invitations.owner(person)
    return [person] if owner is None else [person, owner]


def _is_guest(appointment: Appointment) -> bool:
    return appointment.customer.user_id is None


def whose(person: User | Customer) -> dict[str, User | Customer]:
    return {"user" if isinstance(person, User) else "customer": person}


def channels(person: User | Customer, *, receipt: bool = False) -> list[Channel]:
    """The ways to a person. Guests read mail alone, and receipts are no notices."""
    if isinstance(person, Customer):
        return [Channel.EMAIL]
    texts = [Channel.SMS] if preferences.number(person) else []
    return [Channel.EMAIL, *([] if receipt else [Channel.IN_APP]), *texts]


def post(drafts: Iterable[Delivery]) -> int:
    """Write down what is not yet, and defer the sending of its mails and texts; how many are new.

    Wants a transaction, and whatever the causes are locked in it.
    """
    drafts = list(drafts)
    causes = {draft.cause for draft in drafts}
    known = set(
        Delivery.objects.filter(cause__in=causes).values_list(
            "cause", "user_id", "customer_id", "channel"
        )
    )
    fresh = [
        draft
        for draft in drafts
        if (draft.cause, draft.user_id, draft.customer_id, draft.channel) not in known
    ]
    for draft in fresh:
        if draft.channel == Channel.IN_APP:
            draft.state, draft.sent_at = State.SENT, draft.created_at
    Delivery.objects.bulk_create(fresh)
    mails = [str(draft.pk) for draft in fresh if draft.channel == Channel.EMAIL]
    if mails:
        jobs = [{"delivery_ids": mails[at : at + BATCH]} for at in range(0, len(mails), BATCH)]
        app.configure_task(SEND).batch_defer(*jobs)  # type: ignore[arg-type]
    texts = [{"delivery_id": str(each.pk)} for each in fresh if each.channel == Channel.SMS]
    if texts:
        app.configure_task(TEXT).batch_defer(*texts)  # type: ignore[arg-type]
    return len(fresh)


@transaction.atomic
def tell_person(
    person: User,
    kind: str,
    *,
    cause: UUID,
    by: Sequence[Channel] = tuple(Channel),
    **about: Any,
) -> None:
    """Tell one person of what is no act; `about` are columns of the delivery. Safe to run twice."""
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    kept = preferences.of([person])[person.pk]
    post(
        Delivery(user=person, cause=cause, channel=channel, kind=kind, **about)
        for channel in by
        if kept.wants(kind, channel)
    )


def tell_of_conflicts(time_off_id: UUID) -> None:
    """Tell a provider which appointments stand in a time off that was taken over them."""
    taken = TimeOff.objects.filter(pk=time_off_id).first()
    if taken is None:
        return
    clashing = time_off.conflicts_of([taken])[taken.pk]
    provider = Provider.objects.select_related("user").get(pk=taken.provider_id)
    if clashing and provider.user is not None:
        tell_person(
            provider.user,
            "time_off_conflict",
            cause=taken.pk,
            count=len(clashing),
            start=clashing[0].span.start,
        )


def tell_of_clocks(user: User, *, cause: UUID) -> None:
    """Tell a provider that the rules of their zone are others, and of how many appointments."""
    waiting = answering.beside(user, now=timezone.now())
    first, count = waiting.first(), waiting.count()
    if first is not None:
        tell_person(
            user,
            "sync_attention",
            cause=cause,
            action="clocks_changed",
            count=count,
            start=first.start,
        )


def tell_of_calendar(user: User, what: str, *, cause: UUID, appointment_id: UUID | None) -> None:
    """Tell somebody what of their calendar needs them, and which appointment of theirs that is."""
    mine = Appointment.objects.visible_to(user).select_related("provider")
    appointment = mine.filter(pk=appointment_id).first() if appointment_id else None
    about: dict[str, Any] = {
        "appointment": appointment,
        "role": appointment.role_of(user) or "" if appointment else "",
        "start": appointment.start if appointment else None,
    }
    tell_person(user, "sync_attention", cause=cause, action=what, **about)
