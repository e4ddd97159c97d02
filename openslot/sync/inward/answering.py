"""The answers to what could not be followed: what is gone is cancelled, or it is put back."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from openslot.accounts.models import User
from openslot.kernel.errors import DomainError, Invalid, NotFound
from openslot.kernel.timerange import Span
from openslot.sync import attention, bell, translate
from openslot.sync.inward import following
from openslot.sync.models import Issue, Kind, Link
from openslot.sync.outward import links, outbox

ANSWERS: dict[str, tuple[str, ...]] = {
    Kind.MOVED_TO_TAKEN: ("restore",),
    Kind.BOTH_MOVED: ("restore",),
    Kind.NOT_CANCELLED: ("cancel", "restore"),
    Kind.VANISHED: ("cancel", "restore"),
    Kind.MASS_DELETION: ("cancel", "restore"),
    Kind.REFUSED: ("restore",),
    Kind.NO_MEET: ("dismiss",),
    Kind.CALENDAR_GONE: (),  # answered by choosing another one
}


def answer(issue_id: UUID, *, by: User, answer: str) -> None:
    """Answer a question about one's calendar; what is left of it is done by the worker.

    `cancel`: what was deleted is cancelled here; dependents stay and are marked. `restore`: Google
    shows again what stands here. Raises `NotFound`, and `Invalid` for what is no answer to it.
    """
    issues = Issue.objects.open().filter(connection__user=by, pk=issue_id)
    issue = issues.select_related("connection__user").first()
    if issue is None:
        raise NotFound
    if answer not in ANSWERS[issue.kind]:
        raise Invalid(answer=gettext("That is no answer to this."))
    for link in _concerned(issue):
        link.connection = issue.connection
        _cancel(link) if answer == "cancel" else _restore(link, issue)
    with transaction.atomic():
        Issue.objects.filter(pk=issue.pk).update(resolved_at=timezone.now())
        attention.settle_state(issue.connection)
    bell.ring(issue.connection_id, urgent=True)


def _concerned(issue: Issue) -> Iterator[Link]:
    if issue.link_id is not None:
        yield from Link.objects.select_related("calendar").filter(pk=issue.link_id)
    elif issue.kind == Kind.MASS_DELETION:
        held = Link.objects.live().filter(connection=issue.connection_id, held=True)
        yield from held.select_related("calendar").order_by("start", "pk")


def _cancel(link: Link) -> None:
    try:
        following.deletion(link, dependents="keep")
    except DomainError:  # it ended here by itself meanwhile
        links.removed(link)


@transaction.atomic
def _restore(link: Link, issue: Issue) -> None:
    """Under an id of a new generation where it was deleted, else at our time again."""
    there = translate.read(issue.data.get("span")) or Span(link.start, link.end)
    if link.gone_at is not None:
        links.name(link, generation=link.generation + 1)
    elif issue.kind in {Kind.MOVED_TO_TAKEN, Kind.BOTH_MOVED}:
        link.start, link.end = there
        if "span" in issue.data and issue.data["span"] is None:
            link.end = link.start  # whatever we want differs from that
    link.save()
    outbox.again(link.connection, outbox.subject_of(link))
