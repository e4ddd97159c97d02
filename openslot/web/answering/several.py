"""Many requests answered at once, each by itself: what one is refused for stops no other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from openslot.accounts.models import User
from openslot.accounts.signing.forms import ProseField
from openslot.appointments.desk import waiting
from openslot.appointments.models import Appointment, Way
from openslot.kernel.errors import DomainError
from openslot.web import errors
from openslot.web.desk.providers_only import DeskRequest, for_providers
from openslot.web.parts import verbs
from openslot.web.parts.pressing import Answer, once

MOST = 20  # as many as a page of the list holds
DONE = {
    "accept": gettext_noop("{count} accepted. Each customer gets a mail."),
    "decline": gettext_noop("{count} declined. Each customer gets a mail."),
}


class Chosen(NamedTuple):
    """A request as it stood on the page."""

    pk: UUID
    version: int


class ChosenField(forms.Field):
    """What was ticked: ids with the versions that were seen, `<id>_<version>`."""

    widget = forms.MultipleHiddenInput
    default_error_messages = {"required": _("Tick the requests that you mean.")}

    def __init__(self, *, most: int = MOST, **more: Any) -> None:
        super().__init__(**more)
        self.most = most

    def clean(self, value: Any) -> list[Chosen]:
        said: list[str] = super().clean(value)[: self.most]
        try:
            return [_chosen(each) for each in said]
        except ValueError as error:
            raise forms.ValidationError(gettext("There is no such request.")) from error


def _chosen(said: str) -> Chosen:
    pk, _, version = said.partition("_")
    return Chosen(UUID(pk), int(version))


class SeveralForm(forms.Form):
    """Which requests, and what is said to each of them."""

    chosen = ChosenField()
    action = forms.ChoiceField(choices=list(DONE.items()))
    reason = ProseField(required=False, max_length=500)


class Outcome(NamedTuple):
    """What became of one."""

    item: Appointment
    refused: str


@require_POST
@for_providers
@once
def answer(request: DeskRequest) -> Answer | HttpResponse:
    """Answer what was ticked, and say what became of it; what needs a word more is left."""
    form = SeveralForm(request.POST)
    if not form.is_valid():
        told = " ".join(str(text) for beside in form.errors.values() for text in beside)
        return Answer(reverse("requests"), told, messages.ERROR)
    given = form.cleaned_data
    outcomes = list(_answered(request.user, **given))
    people = [each.item.customer_id for each in outcomes] + [request.provider.pk]
    level = messages.WARNING if any(each.refused for each in outcomes) else messages.SUCCESS
    return Answer(reverse("requests"), _told(outcomes, given["action"]), level, people)


def _answered(user: User, *, chosen: list[Chosen], action: str, reason: str) -> Iterator[Outcome]:
    """In the order in which they expire; those that wait no more are passed over."""
    seen = dict(chosen)
    meant = Appointment.objects.as_provider(user).filter(pk__in=seen)
    series = meant.order_by().exclude(series=None).values("series")
    among = Q(pk__in=seen) | Q(series__in=series)
    there = waiting.waiting(user, among, now=timezone.now())
    for item in [each for each in there if each.pk in seen]:
        more = {"reason": reason} if action == "decline" else {}
        yield Outcome(item, _refused(item, action, by=user, expected=seen[item.pk], **more))


def _refused(item: Appointment, action: str, *, by: User, expected: int, **more: str) -> str:
    """Answer one; why it was refused, in words, if it was."""
    scope = {"scope": "all"} if item.dates > 1 else {}
    try:
        act = verbs.named(item, action).act
        act(item.pk, by=by, via=Way.PAGE, expected=expected, **scope, **more)
    except DomainError as error:
        return errors.words(error)
    return ""


def _told(outcomes: list[Outcome], action: str) -> str:
    """How many, and of each that was not answered why."""
    done = sum(not each.refused for each in outcomes)
    if not outcomes:
        return gettext("None of them waits any more.")
    told = gettext(DONE[action]).format(count=done) if done else gettext("Nothing was answered.")
    left = [f"{each.item.customer_name}: {each.refused}" for each in outcomes if each.refused]
    return " ".join([told, *left])
