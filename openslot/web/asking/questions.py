"""The questions of a service: the list with one more to ask, and one to change, move or remove."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from openslot.accounts.signing.forms import LineField, ProseField
from openslot.catalog import offering
from openslot.catalog.models import Service
from openslot.catalog.questions import CHOOSING, LINE, OPTIONS_MOST, Kind, Question
from openslot.kernel.errors import NotFound
from openslot.web import errors
from openslot.web.desk import services
from openslot.web.desk.providers_only import DeskRequest, for_providers
from openslot.web.parts.pressing import Answer, once
from openslot.web.parts.requests import posted
from openslot.web.saving.asread import AsRead

OPTIONS = OPTIONS_MOST * (LINE + 2)


class QuestionForm(AsRead):
    now_and_then = ("options",)

    label = LineField(label=_("Question"), max_length=LINE)
    kind = forms.ChoiceField(label=_("The answer is"), choices=Kind.choices)
    options = ProseField(
        required=False,
        max_length=OPTIONS,
        label=_("To choose from"),
        help_text=_("One option on each line; only where something is chosen."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    help = LineField(
        label=_("A word of help"),
        max_length=LINE,
        required=False,
        help_text=_("Stands beneath it."),
    )
    required = forms.BooleanField(label=_("It has to be answered"), required=False)
    new_customers_only = forms.BooleanField(
        label=_("Only new customers are asked"),
        required=False,
        help_text=_("Who has booked with you before may leave it out."),
    )

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        chosen_from = given.get("kind") in CHOOSING
        if chosen_from and not self._options() and "options" not in self.errors:
            self.add_error("options", gettext("Say what can be chosen from."))
        return given

    def question(self) -> dict[str, Any]:
        """As the domain takes it; options of what is not chosen from are left out."""
        given = dict(self.cleaned_data)
        return given | {"options": self._options() if given["kind"] in CHOOSING else []}

    def _options(self) -> list[str]:
        lines = self.cleaned_data.get("options", "").splitlines()
        return [line.strip() for line in lines if line.strip()]


@for_providers
@once
def index(request: DeskRequest, pk: UUID) -> Answer | HttpResponse:
    offer = _own(request, pk)
    form = QuestionForm(posted(request), initial={"kind": Kind.TEXT})
    form.stands = False

    def add() -> Service:
        return offering.ask(offer, lambda standing: [*standing, form.question()])

    if request.method == "POST" and errors.carried_out(form, add):
        return Answer(reverse("questions", args=[pk]), gettext("It is asked from now on."))
    kinds = dict(Kind.choices)
    rows = [{"question": each, "kind": kinds[each["kind"]]} for each in offer.questions]
    context = {"service": offer, "form": form, "rows": rows}
    return render(request, "asking/questions.html", context, status=errors.status(form))


@for_providers
@once
def question(request: DeskRequest, pk: UUID, question: UUID) -> Answer | HttpResponse:
    offer = _own(request, pk)
    asked = _one(offer.questions, question)
    initial = {**asked, "options": "\n".join(asked["options"])}
    form = QuestionForm(posted(request), initial=initial)

    def change() -> Service:
        new = form.question() | {"id": str(question)}
        return offering.ask(offer, lambda standing: _instead(standing, question, new))

    if request.method == "POST" and errors.carried_out(form, change):
        told = gettext("Saved. What is answered already stays as it was asked.")
        return Answer(reverse("questions", args=[pk]), told)
    context = {"service": offer, "question": asked, "form": form}
    return render(request, "asking/question.html", context, status=errors.status(form))


@require_POST
@for_providers
@errors.returning("questions", "pk")
@once
def remove(request: DeskRequest, pk: UUID, question: UUID) -> Answer:
    offer, asked = _own(request, pk), str(question)
    offering.ask(offer, lambda standing: [each for each in standing if each["id"] != asked])
    return Answer(reverse("questions", args=[pk]), gettext("It is asked no more. Answers stay."))


@require_POST
@for_providers
@errors.returning("questions", "pk")
@once
def up(request: DeskRequest, pk: UUID, question: UUID) -> Answer:
    offering.ask(_own(request, pk), lambda standing: _raised(standing, question))
    return Answer(reverse("questions", args=[pk]))


def _own(request: DeskRequest, pk: UUID) -> Service:
    return get_object_or_404(services.own(request.provider), pk=pk)


def _one(standing: list[Question], question: UUID) -> Question:
    """Raises `NotFound` where it was removed."""
    for each in standing:
        if each["id"] == str(question):
            return each
    raise NotFound


def _instead(standing: list[Question], question: UUID, new: Any) -> list[Any]:
    _one(standing, question)
    return [new if each["id"] == str(question) else each for each in standing]


def _raised(standing: list[Question], question: UUID) -> list[Question]:
    at = standing.index(_one(standing, question))
    if at:
        standing[at - 1], standing[at] = standing[at], standing[at - 1]
    return standing
