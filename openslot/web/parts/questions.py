"""What is asked before something is done with an appointment: of which dates, why, what follows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openslot.accounts.signing.forms import LineField, ProseField
from openslot.web.parts.fields import InstantField

SCOPES = (
    ("this", _("Only this one")),
    ("following", _("This and all that follow")),
    ("all", _("All")),
)
DEPENDENTS = (
    ("cancel", _("Cancel them too")),
    ("shift", _("Move them along by as much")),
    ("keep", _("Keep them, marked as needing attention")),
)
ASKED = {"scope", "dependents"}  # left to the domain where nothing is said


class SettledField(forms.ChoiceField):
    """A choice of one: it is made where nothing was sent."""

    def bound_data(self, data: Any, initial: Any) -> Any:
        return data or initial


class ActForm(forms.Form):
    """The version that was on the page: what changed meanwhile is not acted upon."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def arguments(self) -> dict[str, Any]:
        """What the domain function takes beside the appointment and `by`."""
        given = {name: value for name, value in self.cleaned_data.items() if value is not None}
        given["expected"] = given.pop("version", None)
        return {name: value for name, value in given.items() if value or name not in ASKED}

    def ask_scope(self, initial: str) -> None:
        """Ask how much of the series is meant."""
        self.fields["scope"] = forms.ChoiceField(
            choices=SCOPES,
            initial=initial if initial in dict(SCOPES) else "this",
            required=False,
            label=gettext("Of the series"),
            widget=forms.RadioSelect,
        )

    def ask_dependents(self, *, moves_it: bool, provides: bool) -> None:
        """Ask what becomes of what depends on it; where there is one choice it is made."""
        left_out = set() if moves_it else {"shift"}
        left_out |= set() if provides else {"keep"}
        choices = [each for each in DEPENDENTS if each[0] not in left_out]
        self.fields["dependents"] = (
            forms.ChoiceField(
                choices=choices, label=gettext("What becomes of them"), widget=forms.RadioSelect
            )
            if len(choices) > 1
            else SettledField(choices=choices, initial=choices[0][0], widget=forms.HiddenInput)
        )


class ReasonForm(ActForm):
    reason = ProseField(required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class NotesForm(ActForm):
    notes = ProseField(
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
    )


class PlaceForm(ActForm):
    location = LineField(
        required=False,
        max_length=500,
        label=_("Address, link or number"),
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )


class MoveForm(ActForm):
    start = InstantField(
        label=_("New time"),
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
    )
