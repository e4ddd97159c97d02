"""Appointments as pages: the list, one by itself, and what is done to it."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from openslot.appointments import moves, sides
from openslot.appointments.changing import rescheduling
from openslot.appointments.guests import invitations
from openslot.appointments.models import Appointment, AppointmentQuerySet, Role, Way
from openslot.kernel import timerange
from openslot.kernel.errors import NotFound
from openslot.kernel.timerange import Span
from openslot.web import errors
from openslot.web.appointment import elsewhere, history, relations
from openslot.web.finding import providers
from openslot.web.parts import partials, picker, questions, unwilling, verbs
from openslot.web.parts.pressing import Answer, once
from openslot.web.parts.requests import posted, reader

PER_PAGE = 20
INVITED = 20
SHOWN = (("upcoming", "Upcoming"), ("pending", "Waiting"), ("past", "Past"))


class ShowForm(forms.Form):
    show = forms.ChoiceField(required=False, choices=SHOWN)
    page = forms.IntegerField(required=False, min_value=1, max_value=1_000_000)


@login_required
def appointments(request: HttpRequest) -> HttpResponse:
    form = ShowForm(request.GET)
    if not form.is_valid():
        raise NotFound
    show = form.cleaned_data["show"] or "upcoming"
    mine = Appointment.objects.visible_to(reader(request)).with_people()
    rows, where = _shown(mine, show, now=timezone.now()), picker.Way(request.path, {"show": show})
    context = partials.paged(rows, form.cleaned_data["page"], size=PER_PAGE, where=where)
    context |= {"show": show, "tabs": SHOWN, "invited": _invited(request)}
    return render(request, "appointment/appointments.html", context)


def _invited(request: HttpRequest) -> list[Appointment]:
    """What providers made for the reader and is not theirs yet."""
    waiting = invitations.open_to(reader(request)).select_related("provider", "service")
    return list(waiting.by_start()[:INVITED])


def _shown(mine: AppointmentQuerySet, show: str, *, now: datetime) -> AppointmentQuerySet:
    """What waits for an answer is one card for each request, what is booked one for each date."""
    if show == "past":
        return mine.past(now)
    if show == "pending":
        return mine.pending().requests().with_series().order_by("start", "id")
    return mine.upcoming(now)


@login_required
def appointment(request: HttpRequest, pk: UUID) -> HttpResponse:
    try:
        shown = own(request, pk)
    except NotFound:
        if not invitations.open_to(reader(request)).filter(pk=pk).exists():
            raise
        return redirect("invitation", pk=pk)
    with timezone.override(picker.chosen_zone(request)):
        return render(request, "appointment/appointment.html", described(request, shown))


def own(request: HttpRequest, pk: UUID) -> Appointment:
    """The appointment, if the reader has a part in it. Raises `NotFound`."""
    mine = Appointment.objects.visible_to(reader(request)).with_people().filter(pk=pk).first()
    if mine is None:
        raise NotFound
    return mine


def described(request: HttpRequest, shown: Appointment) -> dict[str, Any]:
    """What the page of one appointment says."""
    user, now = reader(request), timezone.now()
    provides = shown.role_of(user) == Role.PROVIDER
    related = relations.described(shown)
    theirs = shown.customer.zone() if provides else shown.provider.zone
    here = ZoneInfo(timezone.get_current_timezone_name())
    differs = timerange.clocks_differ(shown.start, theirs, here)
    return {
        "appointment": shown,
        "provides": provides,
        "other": sides.other_name_for(shown, user),
        "their_zone": theirs if differs else None,
        "own_zone": user.zone if timerange.clocks_differ(shown.start, user.zone, here) else None,
        "proposed_by_me": shown.proposed_by == shown.role_of(user),
        "buttons": verbs.buttons(shown, user, now=now),
        "questions": verbs.questions(shown, user, now=now, hanging=related["after"]),
        "notes_form": questions.NotesForm(initial={"notes": shown.notes, "version": shown.version}),
        "too_late": moves.too_late(shown, role=Role.CUSTOMER, now=now) and not provides,
        "history": history.told(shown, user),
        **elsewhere.described(shown, user),
        **related,
    }


@login_required
@errors.returning("appointment", "pk")
@once
def act(request: HttpRequest, pk: UUID, action: str) -> Answer | HttpResponse:
    shown, user = own(request, pk), reader(request)
    verb = verbs.named(shown, action)
    form = verbs.form_for(
        shown, action, user, data=posted(request), scope=request.GET.get("scope", "")
    )
    if request.method == "POST" and errors.carried_out(
        form, lambda: verb.act(pk, by=user, via=Way.PAGE, **form.arguments())
    ):
        return _away(shown, form, verb.done.format(other=sides.other_name_for(shown, user)))
    return _asking(request, shown, action, form)


def _asking(
    request: HttpRequest, shown: Appointment, action: str, form: questions.ActForm
) -> HttpResponse:
    """The question of an act as a page, with what stands against it."""
    context = {"appointment": shown, "back": reverse("appointment", args=[shown.pk])}
    context |= relations.asked(request, shown, action, form)
    return render(request, "appointment/act.html", context, status=errors.status(form))


def _away(shown: Appointment, form: questions.ActForm, told: str) -> Answer:
    """To the series where more of it was meant than this one."""
    page = reverse("appointment", args=[shown.pk])
    if shown.series_id is not None and form.cleaned_data.get("scope") in {"following", "all"}:
        page = reverse("series", args=[shown.series_id])
    return Answer(page, told, about=(shown.customer_id, shown.provider_id))


@login_required
@errors.returning("appointment", "pk")
@once
def reschedule(request: HttpRequest, pk: UUID) -> Answer | HttpResponse:
    # A page drawn before proposing had an address of its own says so by a tick.
    return _another_time(request, own(request, pk), propose=bool(request.POST.get("propose")))


@login_required
@errors.returning("appointment", "pk")
@once
def propose(request: HttpRequest, pk: UUID) -> Answer | HttpResponse:
    """A provider asks first; a customer's new time is a proposal where it has to be one."""
    shown = own(request, pk)
    if shown.role_of(reader(request)) != Role.PROVIDER:
        raise NotFound
    return _another_time(request, shown, propose=True)


def _another_time(
    request: HttpRequest, shown: Appointment, *, propose: bool
) -> Answer | HttpResponse:
    user, scope = reader(request), request.GET.get("scope", "")
    form = verbs.form_for(shown, "reschedule", user, data=posted(request), scope=scope)
    against = _against(request, shown, form) if request.method == "POST" else {}
    if against:
        return _moving_page(request, shown, form, propose=propose, **against)
    if request.method == "POST" and errors.carried_out(
        form,
        lambda: rescheduling.reschedule(
            shown.pk, by=user, via=Way.PAGE, propose=propose, **form.arguments()
        ),
    ):
        told = _moved(own(request, shown.pk), sides.other_name_for(shown, user))
        return _away(shown, form, told)
    if relations.needs_an_answer(form):
        form.fields["start"].widget = forms.HiddenInput()
        return _asking(request, shown, "reschedule", form)
    return _moving_page(request, shown, form, propose=propose)


def _against(request: HttpRequest, shown: Appointment, form: questions.ActForm) -> dict[str, Any]:
    """What the hours and time off of a provider who moves it say against the new time."""
    if shown.role_of(reader(request)) != Role.PROVIDER or not form.is_valid():
        return {}
    start = form.cleaned_data["start"]
    span = Span(start, start + (shown.end - shown.start))
    return unwilling.against(request, shown.provider, span)


def _moved(shown: Appointment, other: str) -> str:
    if shown.proposed is None:
        return verbs.VERBS["reschedule"].done.format(other=other)
    return f"Proposed. {other} gets a mail and answers; until then both times are kept."


def _moving_page(
    request: HttpRequest, shown: Appointment, form: questions.ActForm, *, propose: bool, **more: Any
) -> HttpResponse:
    if "reschedule" not in moves.open_to(shown, reader(request), now=timezone.now()):
        return redirect("appointment", pk=shown.pk)
    shown.service.provider = shown.provider
    choice = picker.read(request) if request.method == "GET" else picker.nothing()
    if not (choice["at"] or choice["day"] or choice["since"]):
        choice["since"] = timezone.localdate(shown.start)
    where = picker.way(request.path, choice, "zone")
    if request.GET.get("scope") in dict(questions.SCOPES):
        where.kept["scope"] = request.GET["scope"]
    zone = picker.zone_for(request, choice, shown.provider)
    times = picker.picker(
        shown.service, choice, where=where, zone=zone, now=timezone.now(), instead_of=shown
    )
    start = times.chosen.start if times.chosen else shown.start
    provides = shown.role_of(reader(request)) == Role.PROVIDER
    if provides and choice["at"]:
        form.initial["start"] = choice["at"].astimezone(zone)
    context = {
        "appointment": shown,
        "form": form,
        "provides": provides,
        "propose": propose,
        "other": sides.other_name_for(shown, reader(request)),
        "photo": None if provides else shown.provider.photo,
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
