"""What can be done with an appointment, as pages say it: one table from action to words and form.

What is allowed stands in `appointments.moves`, what it does in the rooms `booking` and `changing`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openslot.accounts.models import Person
from openslot.appointments import moves, sides
from openslot.appointments.changing import answers, cancelling, editing, outcomes, rescheduling
from openslot.appointments.models import Appointment, Role
from openslot.kernel.errors import NotFound
from openslot.web.parts.questions import ActForm, MoveForm, NotesForm, PlaceForm, ReasonForm

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SCOPED = {"accept", "decline", "cancel", "reschedule"}  # of a series, more than one can be meant
ALL = {
    "accept": _("Accept all"),
    "decline": _("Decline all"),
    "reschedule": _("Move all"),
    "cancel": _("Cancel all"),
}


class Verb(NamedTuple):
    """`{other}` in the words is the name of the other side."""

    act: Callable[..., Appointment]
    label: StrOrPromise
    question: StrOrPromise
    consequence: StrOrPromise
    done: StrOrPromise
    kind: str = ""
    asks: bool = False  # a question comes first, with its form
    form: type[ActForm] = ActForm
    press: StrOrPromise = ""  # the button of the question, where it says more than the label
    done_all: StrOrPromise = ""  # of so many `{dates}` of a series at once


VERBS = {
    "accept": Verb(
        answers.accept,
        _("Accept"),
        _("Accept this request?"),
        _("{other} gets a mail, and the appointment is confirmed."),
        _("Accepted. {other} gets a mail."),
        kind="primary",
        done_all=_("Accepted {dates} dates. {other} gets a mail."),
    ),
    "decline": Verb(
        answers.decline,
        _("Decline"),
        _("Decline this request?"),
        _("{other} gets a mail, and the time is free again."),
        _("Declined. {other} gets a mail."),
        kind="danger",
        asks=True,
        form=ReasonForm,
        done_all=_("Declined {dates} dates. {other} gets a mail."),
    ),
    "accept_proposal": Verb(
        answers.accept,
        _("Accept the new time"),
        _("Accept the new time?"),
        _("{other} gets a mail, and the old time is free again."),
        _("Moved. {other} gets a mail."),
        kind="primary",
    ),
    "decline_proposal": Verb(
        answers.decline,
        _("Keep the old time"),
        _("Keep the old time?"),
        _("{other} gets a mail, and the appointment stays where it is."),
        _("It stays where it is. {other} gets a mail."),
        asks=True,
        form=ReasonForm,
    ),
    "withdraw": Verb(
        answers.withdraw,
        _("Take the proposal back"),
        _("Take the proposal back?"),
        _("The appointment stays where it is, and the proposed time is free again."),
        _("Proposal taken back."),
    ),
    "reschedule": Verb(
        rescheduling.reschedule,
        _("Move"),
        _("Move to another time"),
        _("{other} gets a mail."),
        _("Moved. {other} gets a mail."),
        asks=True,
        form=MoveForm,
    ),
    "cancel": Verb(
        cancelling.cancel,
        _("Cancel"),
        _("Cancel this appointment?"),
        _("{other} gets a mail, and the time is free again."),
        _("Cancelled. {other} gets a mail."),
        kind="danger",
        asks=True,
        form=ReasonForm,
        press=_("Cancel it"),
    ),
    "complete": Verb(
        outcomes.complete,
        _("It took place"),
        _("Did it take place?"),
        _("It counts as completed."),
        _("Completed."),
        kind="primary",
    ),
    "no_show": Verb(
        outcomes.no_show,
        _("Nobody came"),
        _("Did {other} not come?"),
        _("It counts as a no-show of {other}."),
        _("Noted as a no-show."),
        kind="danger",
        asks=True,
    ),
    "notes": Verb(
        editing.annotate,
        _("Save notes"),
        _("Change the notes"),
        _("Both sides read them."),
        _("Notes saved."),
        form=NotesForm,
    ),
    "place": Verb(
        editing.relocate,
        _("Save the place"),
        _("Change the place"),
        _("{other} gets a mail."),
        _("Saved. {other} gets a mail."),
        form=PlaceForm,
    ),
}


def named(appointment: Appointment, action: str) -> Verb:
    """The verb of an address ("no-show" too), as it is meant now. Raises `NotFound`."""
    key = action.replace("-", "_")
    if appointment.proposed is not None and key in {"accept", "decline"}:
        key = f"{key}_proposal"
    if key not in VERBS or action.endswith("proposal"):
        raise NotFound
    return VERBS[key]


def buttons(appointment: Appointment, reader: Person, *, now: datetime) -> list[dict[str, Any]]:
    """What the reader may do now, as components/action.html draws it.

    A provider moves it at once, or asks the customer first: two buttons.
    """
    shown = [_button(appointment, action) for action in moves.open_to(appointment, reader, now=now)]
    places = [n for n, button in enumerate(shown) if button["action"] == "reschedule"]
    if places and appointment.role_of(reader) == Role.PROVIDER:
        shown.insert(places[0], proposing(appointment))
    return shown


def proposing(appointment: Appointment) -> dict[str, Any]:
    """The way to a time that the customer is asked about first, as a button."""
    button = _button(appointment, "reschedule") | {
        "href": reverse("propose", args=[appointment.pk])
    }
    return button | {"action": "propose", "label": gettext("Propose another time")}


def form_for(
    appointment: Appointment,
    action: str,
    reader: Person,
    *,
    data: QueryDict | None = None,
    scope: str = "this",
    auto_id: str = "id_%s",
) -> ActForm:
    """The form of an action: of a series it asks for the scope, and for dependents once sent."""
    provides = appointment.role_of(reader) == Role.PROVIDER
    form = named(appointment, action).form(
        data, initial={"version": appointment.version}, auto_id=auto_id
    )
    if appointment.series_id is not None and action in SCOPED:
        form.ask_scope(scope)
    if data is not None and "dependents" in data and action in SCOPED:
        form.ask_dependents(moves_it=moves_it(appointment, action), provides=provides)
    return form


def moves_it(appointment: Appointment, action: str) -> bool:
    """Whether the action gives the appointment another time, which dependents may follow."""
    return action == "reschedule" or (action == "accept" and appointment.proposed is not None)


def ends_it(appointment: Appointment, action: str) -> bool:
    """Whether the action ends the appointment, so that what depends on it is asked about first."""
    return action == "cancel" or (action == "decline" and appointment.proposed is None)


def asks(appointment: Appointment, action: str) -> bool:
    """Whether a question comes before the act."""
    return named(appointment, action).asks or (
        appointment.series_id is not None and action in SCOPED
    )


def _button(appointment: Appointment, action: str) -> dict[str, Any]:
    verb, path = named(appointment, action), action.replace("_", "-")
    first = asks(appointment, action)
    asks_here = first and verb.form is not MoveForm
    return {
        "action": action,
        "label": verb.label,
        "kind": verb.kind,
        "href": reverse("act", args=[appointment.pk, path]),
        "post": not first,
        "dialog": f"ask-{action}" if asks_here else "",
        "hidden": [("version", appointment.version)],
    }


def for_all(shown: Sequence[dict[str, Any]], *actions: str) -> list[dict[str, Any]]:
    """Those buttons again, for all of a series: each asks on a page of its own."""
    return [
        button
        | {
            "label": ALL[button["action"]],
            "href": f"{button['href']}?scope=all",
            "dialog": "",
            "post": False,
        }
        for button in shown
        if button["action"] in actions
    ]


def _binds(appointment: Appointment, action: str, reader: Person) -> bool:
    """Whether the provider's notice says until when the reader may do it."""
    changes = action in {"cancel", "reschedule"}
    return changes and appointment.role_of(reader) == Role.CUSTOMER


def question(
    appointment: Appointment,
    action: str,
    reader: Person,
    *,
    form: ActForm | None = None,
    hanging: Sequence[Appointment] = (),
) -> dict[str, Any]:
    """The words of one question, and its form, which asks about what depends on the appointment.

    `hanging` is that; it is asked about beforehand where the action ends the appointment.
    """
    verb, other = named(appointment, action), sides.other_name_for(appointment, reader)
    auto_id = f"id_{action.replace('_', '-')}_%s"
    form = form or form_for(appointment, action, reader, auto_id=auto_id)
    hanging = hanging if ends_it(appointment, action) else ()
    if hanging and "dependents" not in form.fields:
        provides = appointment.role_of(reader) == Role.PROVIDER
        form.ask_dependents(moves_it=moves_it(appointment, action), provides=provides)
    press = verb.press or verb.label
    if hanging and form["dependents"].is_hidden and appointment.series_id is None:
        press = gettext("{verb}: all {count}").format(verb=verb.label, count=len(hanging) + 1)
    return {
        "title": verb.question.format(other=other),
        "text": verb.consequence.format(other=other),
        "verb": press,
        "danger": verb.kind == "danger",
        "bound": appointment if _binds(appointment, action, reader) else None,
        "form": form,
        "hanging": [{"item": each, "reason": ""} for each in hanging],
    }
