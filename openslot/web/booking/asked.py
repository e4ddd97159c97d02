"""The questions of a service as fields of the form that books it.

A field is named by the id of its question: so a refusal of the domain (`answers.{id}`) finds it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext

from openslot.accounts.signing.forms import LineField, PhoneField, ProseField
from openslot.catalog.questions import LARGEST, LINE, PROSE, Kind, Question
from openslot.web.parts.fields import DayField

FEW = 6  # options that are shown all at once


class Asking(forms.Form):
    """Mixed into a form that books: it asks what its service asks."""

    asks: Sequence[Question] = ()

    def ask(self, questions: Sequence[Question], *, sent: bool = True) -> None:
        """Ask them too. `sent`: whether the form is, and not only drawn from an address.

        What only new customers have to say is the domain's to miss: who is one, a form can't know.
        """
        self.asks = questions
        for each in questions:
            field = FIELDS[Kind(each["kind"])](each)
            field.required = sent and each["required"] and not each["new_customers_only"]
            field.label, field.help_text = each["label"], _help(each)
            self.fields[each["id"]] = field
        needed = {each["id"] for each in questions if each["required"]}
        self.now_and_then = (*getattr(self, "now_and_then", ()), *needed)

    @property
    def asked(self) -> list[forms.BoundField]:
        return [self[each["id"]] for each in self.asks]

    def answers(self) -> dict[str, Any]:
        """What was answered, as `questions.answered` takes it."""
        said = {each["id"]: self.cleaned_data.get(each["id"]) for each in self.asks}
        return {name: _plain(value) for name, value in said.items() if value not in (None, "", [])}


def _help(question: Question) -> str:
    first = (
        gettext("Only if this is your first time here.") if question["new_customers_only"] else ""
    )
    return " ".join(filter(None, [question["help"], first]))


def _plain(value: Any) -> Any:
    """A value of a form as JSON has it."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def _choice(question: Question) -> forms.Field:
    options = [(each, each) for each in question["options"]]
    if len(options) <= FEW:
        return forms.ChoiceField(choices=options, widget=forms.RadioSelect)
    return forms.ChoiceField(choices=[("", gettext("Choose one")), *options])


def _choices(question: Question) -> forms.Field:
    options = [(each, each) for each in question["options"]]
    return forms.MultipleChoiceField(choices=options, widget=forms.CheckboxSelectMultiple)


def _number(_: Question) -> forms.Field:
    widget = forms.NumberInput(attrs={"step": "any"})
    return forms.FloatField(min_value=-LARGEST, max_value=LARGEST, widget=widget)


def _day(_: Question) -> forms.Field:
    return DayField(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))


FIELDS: dict[Kind, Callable[[Question], forms.Field]] = {
    Kind.TEXT: lambda _: LineField(max_length=LINE),
    Kind.LONG_TEXT: lambda _: ProseField(
        max_length=PROSE, widget=forms.Textarea(attrs={"rows": 3})
    ),
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.CHECKBOX: lambda _: forms.BooleanField(),
    Kind.NUMBER: _number,
    Kind.DATE: _day,
    Kind.PHONE: lambda _: PhoneField(),
}
