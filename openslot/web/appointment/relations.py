"""What an appointment hangs together with: its series, what comes before it and what after."""

from __future__ import annotations

from typing import Any

from openslot.accounts.models import Person
from openslot.appointments import errors
from openslot.appointments.booking import prerequisites
from openslot.appointments.models import Appointment, Role
from openslot.web.errors import refusal
from openslot.web.parts import questions, repeats, verbs

LONGEST = 20  # links of a chain that are followed upwards


def described(appointment: Appointment) -> dict[str, Any]:
    """Its place in a series, and the chain of what depends on what."""
    return {
        "place": place_in(appointment),
        "before": before(appointment),
        "after": prerequisites.chain([appointment.pk]),
    }


def place_in(appointment: Appointment) -> dict[str, int] | None:
    """Which one of how many of its series it is; None outside a series."""
    if appointment.series_id is None:
        return None
    siblings = Appointment.objects.filter(series=appointment.series_id).order_by("series_start")
    dates = list(siblings.values_list("series_start", flat=True))
    return {"number": dates.index(appointment.series_start) + 1, "count": len(dates)}


def before(appointment: Appointment) -> list[Appointment]:
    """What has to come before it, the first one first."""
    chain: list[Appointment] = []
    link = appointment.depends_on_id
    while link is not None and len(chain) < LONGEST:
        chain.insert(0, Appointment.objects.with_people().get(pk=link))
        link = chain[0].depends_on_id
    return chain


def ending(appointment: Appointment, action: str) -> list[Appointment]:
    """What depends on an appointment that the action would end."""
    return prerequisites.chain([appointment.pk]) if verbs.ends_it(appointment, action) else []


def refused(
    person: Person, shown: Appointment, action: str, form: questions.ActForm
) -> dict[str, Any]:
    """What stands against an act, listed; where dependents do, the form asks about them.

    `asked`: no more stands against it than that nothing was said of them yet.
    """
    error = refusal(form)
    context: dict[str, Any] = {}
    if isinstance(error, errors.HasDependents):
        provides = shown.role_of(person) == Role.PROVIDER
        form.ask_dependents(moves_it=verbs.moves_it(shown, action), provides=provides)
        context["hanging"] = _hanging(person, error)
        context["asked"] = not any(each["reason"] for each in context["hanging"])
    if isinstance(error, errors.SeriesConflict):
        context["conflicts"] = [
            {"start": each["start"], "reason": repeats.reason(each["reason"])}
            for each in error.extra["conflicts"]
        ]
    return context


def asked(
    person: Person, shown: Appointment, action: str, form: questions.ActForm
) -> dict[str, Any]:
    """The question of an act with what stands against it, as act_fields.html draws it."""
    hanging = ending(shown, action)
    question = verbs.question(shown, action, person, form=form, hanging=hanging)
    return question | refused(person, shown, action, form)


def _hanging(person: Person, error: errors.HasDependents) -> list[dict[str, Any]]:
    """What depends on it, where each would go if it moved along, and why one cannot."""
    reasons = {each["id"]: each.get("reason") for each in error.extra["dependents"]}
    theirs = Appointment.objects.visible_to(person).filter(pk__in=reasons).with_people().by_start()
    return [
        {"item": each, "reason": repeats.reason(reasons[each.pk]), "goes": error.along.get(each.pk)}
        for each in theirs
    ]


def needs_an_answer(form: questions.ActForm) -> bool:
    """Whether the act was refused for what hangs together with it, and not for its time."""
    return isinstance(refusal(form), errors.HasDependents | errors.SeriesConflict)
