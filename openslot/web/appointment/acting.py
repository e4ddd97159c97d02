"""What is done with an appointment on its pages, whoever is there: signed in, or by a link."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from openslot.accounts.models import Person
from openslot.appointments import moves, sides
from openslot.appointments.changing import rescheduling
from openslot.appointments.models import Appointment, Role, Way
from openslot.kernel.timerange import Span
from openslot.web import errors
from openslot.web.appointment import relations
from openslot.web.finding import providers
from openslot.web.parts import partials, picker, questions, unwilling, verbs
from openslot.web.parts.pressing import Answer
from openslot.web.parts.requests import posted


@dataclass(frozen=True)
class Part:
    """An appointment, in whose part somebody is at its pages, and where those are.

    `token` is that of a link; without one the pages are those of who is signed in.
    """

    appointment: Appointment
    person: Person
    token: str = ""

    @property
    def via(self) -> Way:
        return Way.LINK if self.token else Way.PAGE

    @property
    def provides(self) -> bool:
        return self.appointment.role_of(self.person) == Role.PROVIDER

    @property
    def other(self) -> str:
        return sides.other_name_for(self.appointment, self.person)

    @property
    def page(self) -> str:
        if self.token:
            return reverse("guest_appointment", args=[self.token])
        return reverse("appointment", args=[self.appointment.pk])

    def page_of(self, scope: str) -> str:
        """Where what was done is seen: the series where more of it was meant than this one."""
        series = self.appointment.series_id
        if series is None or self.token or scope not in {"following", "all"}:
            return self.page
        return reverse("series", args=[series])

    def way(self, action: str) -> str:
        """Where an action is asked about, and sent to."""
        path = action.replace("_", "-")
        if self.token:
            return reverse("guest_act", args=[self.token, path])
        return reverse("act", args=[self.appointment.pk, path])

    def buttons(self) -> list[dict[str, Any]]:
        """What may be done now, as components/action.html draws it."""
        shown = verbs.buttons(self.appointment, self.person, now=timezone.now())
        if not self.token:
            return shown
        return [button | {"href": self.way(button["action"])} for button in shown]

    def questions(self, hanging: list[Appointment]) -> list[dict[str, Any]]:
        """The dialogues of those that ask first."""
        asking = [button for button in self.buttons() if button["dialog"]]
        return [
            verbs.question(self.appointment, button["action"], self.person, hanging=hanging)
            | {"id": button["dialog"], "href": button["href"]}
            for button in asking
        ]


def act(request: HttpRequest, part: Part, action: str) -> Answer | HttpResponse:
    """Do it, or ask first."""
    shown = part.appointment
    verb = verbs.named(shown, action)
    form = verbs.form_for(
        shown, action, part.person, data=posted(request), scope=request.GET.get("scope", "")
    )
    if request.method == "POST" and errors.carried_out(
        form, lambda: verb.act(shown.pk, by=part.person, via=part.via, **form.arguments())
    ):
        return _away(part, form, verb.done.format(other=part.other))
    return _asking(request, part, action, form)


def _asking(request: HttpRequest, part: Part, action: str, form: questions.ActForm) -> HttpResponse:
    """The question of an act as a page, with what stands against it."""
    context = {"appointment": part.appointment, "back": part.page, "reader": part.person}
    context |= relations.asked(part.person, part.appointment, action, form)
    return render(request, "appointment/act.html", context, status=errors.status(form))


def _away(part: Part, form: questions.ActForm, told: str) -> Answer:
    shown = part.appointment
    page = part.page_of(form.cleaned_data.get("scope", ""))
    return Answer(page, told, about=(shown.customer_id, shown.provider_id))


def another_time(request: HttpRequest, part: Part, *, propose: bool) -> Answer | HttpResponse:
    """Choose another time for it, and move it there, or propose to."""
    shown, scope = part.appointment, request.GET.get("scope", "")
    form = verbs.form_for(shown, "reschedule", part.person, data=posted(request), scope=scope)
    against = _against(request, part, form) if request.method == "POST" else {}
    if against:
        return _moving_page(request, part, form, propose=propose, **against)
    if request.method == "POST":
        made = errors.outcome(
            form,
            lambda: rescheduling.reschedule(
                shown.pk, by=part.person, via=part.via, propose=propose, **form.arguments()
            ),
        )
        if made is not None:
            return _away(part, form, _moved(made, part.other))
    if relations.needs_an_answer(form):
        form.fields["start"].widget = forms.HiddenInput()
        return _asking(request, part, "reschedule", form)
    return _moving_page(request, part, form, propose=propose)


def _against(request: HttpRequest, part: Part, form: questions.ActForm) -> dict[str, Any]:
    """What the hours and time off of a provider who moves it say against the new time."""
    if not part.provides or not form.is_valid():
        return {}
    start, shown = form.cleaned_data["start"], part.appointment
    return unwilling.against(request, shown.provider, Span(start, start + shown.duration))


def _moved(made: Appointment, other: str) -> str:
    if made.proposed is None:
        return verbs.VERBS["reschedule"].done.format(other=other)
    return gettext(
        "Proposed. {other} gets a mail and answers; until then both times are kept."
    ).format(other=other)


def _moving_page(
    request: HttpRequest, part: Part, form: questions.ActForm, *, propose: bool, **more: Any
) -> HttpResponse:
    shown = part.appointment
    if "reschedule" not in moves.open_to(shown, part.person, now=timezone.now()):
        return redirect(part.page)
    shown.service.provider = shown.provider
    choice = picker.read(request) if request.method == "GET" else picker.nothing()
    if not (choice["at"] or choice["day"] or choice["since"]):
        choice["since"] = timezone.localdate(shown.start)
    where = picker.way(request.path, choice, "zone", "view")
    if request.GET.get("scope") in dict(questions.SCOPES):
        where.kept["scope"] = request.GET["scope"]
    if part.token and not choice["zone"]:
        choice["zone"] = shown.customer.zone().key
    zone = picker.zone_for(request, choice, shown.provider)
    times = picker.picker(
        shown.service, choice, where=where, zone=zone, now=timezone.now(), instead_of=shown
    )
    start = times.chosen.start if times.chosen else shown.start
    if part.provides and choice["at"]:
        form.initial["start"] = choice["at"].astimezone(zone)
    context = {
        "appointment": shown,
        "back": part.page,
        "form": form,
        "provides": part.provides,
        "propose": propose,
        "other": part.other,
        "photo": None if part.provides else shown.provider.photo,
        "picker": times,
        "hidden": [("start", picker.stamp(start)), ("version", shown.version)],
        **providers.zones(shown.provider, zone, choice, at=start),
        **more,
    }
    with timezone.override(zone):
        return partials.answer(
            request,
            "appointment/reschedule.html",
            context,
            part="booking",
            status=HTTPStatus.CONFLICT if more else errors.status(form),
        )
