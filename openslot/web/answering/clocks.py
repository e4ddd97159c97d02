"""Appointments that stand beside the clock by which they were agreed, since their zone got other
rules: a provider says for many at once what becomes of them.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from openslot.appointments.clocks import answering
from openslot.appointments.clocks.answering import How, Outcome
from openslot.appointments.models import Appointment, Way
from openslot.kernel.timerange import Span
from openslot.web.answering.several import ChosenField
from openslot.web.desk.providers_only import DeskRequest, for_providers
from openslot.web.parts.pressing import Answer, once

PAGE = 100  # those after them come once these are answered


class Beside(NamedTuple):
    """An appointment, and when the clocks show what was agreed for it."""

    item: Appointment
    span: Span


class ClocksForm(forms.Form):
    """Which of them, and what becomes of those."""

    chosen = ChosenField(
        most=PAGE, error_messages={"required": gettext_lazy("Tick the appointments that you mean.")}
    )
    how = forms.ChoiceField(choices=[(how.value, how.value) for how in How])


@require_GET
@for_providers
def clocks(request: DeskRequest) -> HttpResponse:
    waiting = answering.beside(request.user, now=timezone.now())
    found = [_beside(item) for item in waiting.with_people()[: PAGE + 1]]
    context = {"found": found[:PAGE], "more": len(found) > PAGE, "zone": request.provider.zone}
    return render(request, "desk/clocks.html", context)


def _beside(item: Appointment) -> Beside:
    start: datetime = item.clock_start or item.start
    return Beside(item, Span(start, start + item.duration))


@require_POST
@for_providers
@once
def answer(request: DeskRequest) -> Answer | HttpResponse:
    """Carry out what was said of those that are ticked, and tell what became of them."""
    form = ClocksForm(request.POST)
    if not form.is_valid():
        told = " ".join(str(text) for beside in form.errors.values() for text in beside)
        return Answer(reverse("clocks"), told, messages.ERROR)
    chosen, how = dict(form.cleaned_data["chosen"]), How(form.cleaned_data["how"])
    made = answering.answer(request.provider, by=request.user, chosen=chosen, how=how, via=Way.PAGE)
    level = messages.WARNING if made.refused or not made.done else messages.SUCCESS
    about = [item.customer_id for item, _ in made.refused] + [request.provider.pk]
    return Answer(reverse("clocks"), _told(made, how), level, about)


def _told(made: Outcome, how: How) -> str:
    """How many, and whose could not be had."""
    if not made.done and not made.refused:
        return gettext("None of them waits any more, or it was changed meanwhile.")
    told = [_done(len(made.done), how)] if made.done else [gettext("Nothing was changed.")]
    if made.refused:
        names = ", ".join(sorted({item.customer_name for item, _ in made.refused}))
        told.append(gettext("Something else stands in the way of: {names}.").format(names=names))
    return " ".join(told)


def _done(count: int, how: How) -> str:
    told = {
        How.MOVE: ngettext(
            "One is moved. Its customer gets a mail.",
            "{count} are moved. Each customer gets a mail.",
            count,
        ),
        How.ASK: ngettext(
            "One customer is asked. The time that stands is kept until they answer.",
            "{count} customers are asked. The times that stand are kept until they answer.",
            count,
        ),
        How.KEEP: ngettext("One stays as it stands.", "{count} stay as they stand.", count),
    }
    return told[how].format(count=count)
