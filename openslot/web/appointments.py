"""Appointments as pages: booking one, the list, one by itself, and what is done to it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from openslot.accounts.models import User
from openslot.appointments import courses, lifecycle, moves
from openslot.appointments.models import Appointment, AppointmentQuerySet, Role
from openslot.catalog.models import Service
from openslot.kernel.errors import NotFound
from openslot.web import (
    errors,
    history,
    partials,
    picker,
    providers,
    relations,
    repeats,
    several,
    verbs,
)
from openslot.web.requests import posted, reader

PER_PAGE = 20
SHOWN = (("upcoming", "Upcoming"), ("pending", "Waiting"), ("past", "Past"))
OTHER_TIME_HELPS = {"slot_taken", "slot_unavailable", "customer_busy"}
DRAFT = "draft_notes"  # of the session: what somebody wrote before signing in


class BookForm(forms.Form):
    notes = forms.CharField(
        required=False,
        max_length=2000,
        label="Notes",
        help_text="What the other side should know. Both of you can read it.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def book(request: HttpRequest, slug: str, service: UUID) -> HttpResponse:
    choice = picker.read(request)
    offer = providers.chosen(providers.offered(providers.listed(slug)), service)
    if offer is None or choice["at"] is None:
        return redirect(f"{reverse('provider', args=[slug])}?service={service}")
    draft = request.session.get(DRAFT, {}).get(str(service), "")
    form = BookForm(posted(request), initial={"notes": draft})
    if request.method != "POST":
        return _booking_page(request, offer, choice, form)
    if not isinstance(request.user, User):
        return _sign_in_first(request, offer, choice)
    made = _booked(request.user, offer, choice["at"], form)
    if made is None:
        return _booking_page(request, offer, choice, form, status=409)
    request.session.pop(DRAFT, None)
    return redirect("appointment", pk=made.pk)


def _sign_in_first(request: HttpRequest, offer: Service, choice: dict[str, Any]) -> HttpResponse:
    """Away to sign in, and back to the same question; what was written waits in the session."""
    request.session[DRAFT] = {str(offer.pk): request.POST.get("notes", "")[:2000]}
    return redirect_to_login(picker.way(request.path, choice, "zone").to(at=choice["at"]))


def _booked(user: User, offer: Service, start: datetime, form: BookForm) -> Appointment | None:
    """The appointment made, or the one that an earlier press of the button has made already."""
    made: list[Appointment] = []

    def act() -> None:
        made.append(
            lifecycle.book(offer.pk, by=user, start=start, notes=form.cleaned_data["notes"])
        )

    if errors.carried_out(form, act):
        return made[0]
    mine = Appointment.objects.as_customer(user).active().filter(service=offer, start=start)
    return mine.first()


def _booking_page(
    request: HttpRequest,
    offer: Service,
    choice: dict[str, Any],
    form: BookForm,
    *,
    status: int = 200,
) -> HttpResponse:
    now, start = timezone.now(), choice["at"]
    here = picker.way(request.path, choice, "zone")
    zone = picker.zone_for(request, choice, offer.provider)
    offers = picker.after(offer, start, zone=zone, now=now) if _elsewhen(form) else []
    signed_in = isinstance(request.user, User)
    context = {
        "provider": offer.provider,
        "service": offer,
        "starts": start,
        "ends": start + offer.duration,
        "at": picker.stamp(start),
        "form": form,
        "repeat": repeats.RepeatForm(auto_id="id_repeat_%s") if signed_in else None,
        "follow_ups": courses.following_of(offer) if signed_in else [],
        "first": several.missing(form, offer, set()),
        "here": here.to(at=start),
        "offers": [{"at": span.start, "href": here.to(at=span.start)} for span in offers],
        "back_href": picker.way(reverse("provider", args=[offer.provider.slug]), choice, "zone").to(
            service=str(offer.pk), at=start
        ),
        **providers.zones(offer.provider, zone, choice, at=start),
    }
    with timezone.override(zone):
        return render(request, "web/book.html", context, status=status)


def _elsewhen(form: BookForm) -> bool:
    """Whether another time would help."""
    told = form.non_field_errors().as_data()
    return any(error.code in OTHER_TIME_HELPS for error in told)


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
    found, where = _shown(mine, show, now=timezone.now()), picker.Way(request.path, {"show": show})
    context = partials.paged(found, form.cleaned_data["page"], size=PER_PAGE, where=where)
    return render(request, "web/appointments.html", context | {"show": show, "tabs": SHOWN})


def _shown(mine: AppointmentQuerySet, show: str, *, now: datetime) -> AppointmentQuerySet:
    """What waits for an answer is one card for each request, what is booked one for each date."""
    if show == "past":
        return mine.past(now)
    if show == "pending":
        return mine.pending().requests().with_series().order_by("start", "id")
    return mine.upcoming(now)


@login_required
def appointment(request: HttpRequest, pk: UUID) -> HttpResponse:
    shown = found(request, pk)
    return render(request, "web/appointment.html", described(request, shown))


def found(request: HttpRequest, pk: UUID) -> Appointment:
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
    here = timezone.get_current_timezone()
    differs = shown.start.astimezone(theirs).utcoffset() != shown.start.astimezone(here).utcoffset()
    return {
        "appointment": shown,
        "provides": provides,
        "other": verbs.other_name(shown, user),
        "their_zone": theirs if differs else None,
        "proposed_by_me": shown.proposed_by == shown.role_of(user),
        "buttons": verbs.buttons(shown, user, now=now),
        "questions": verbs.questions(shown, user, now=now, hanging=related["after"]),
        "notes_form": verbs.NotesForm(initial={"notes": shown.notes, "version": shown.version}),
        "too_late": moves.too_late(shown, role=Role.CUSTOMER, now=now) and not provides,
        "history": history.told(shown, user),
        **related,
    }


@login_required
@errors.returning("appointment", "pk")
def act(request: HttpRequest, pk: UUID, action: str) -> HttpResponse:
    shown, user = found(request, pk), reader(request)
    verb = verbs.named(shown, action)
    form = verbs.form_for(
        shown, action, user, data=posted(request), scope=request.GET.get("scope", "")
    )
    if request.method == "POST" and errors.carried_out(
        form, lambda: verb.act(pk, by=user, **form.arguments())
    ):
        messages.success(request, verb.done.format(other=verbs.other_name(shown, user)))
        return _away(shown, form)
    return _asking(request, shown, action, form)


def _asking(
    request: HttpRequest, shown: Appointment, action: str, form: verbs.ActForm
) -> HttpResponse:
    """The question of an act as a page, with what stands against it."""
    context = {"appointment": shown, "back": reverse("appointment", args=[shown.pk])}
    context |= relations.asked(request, shown, action, form)
    return render(request, "web/act.html", context, status=_status(form))


def _away(shown: Appointment, form: verbs.ActForm) -> HttpResponse:
    """To the series where more of it was meant than this one."""
    if shown.series_id is not None and form.cleaned_data.get("scope") in {"following", "all"}:
        return redirect("series", pk=shown.series_id)
    return redirect("appointment", pk=shown.pk)


def _status(form: forms.Form) -> int:
    return 409 if form.errors else 200


@login_required
@errors.returning("appointment", "pk")
def reschedule(request: HttpRequest, pk: UUID) -> HttpResponse:
    shown, user = found(request, pk), reader(request)
    form = verbs.form_for(
        shown, "reschedule", user, data=posted(request), scope=request.GET.get("scope", "")
    )
    if request.method == "POST" and errors.carried_out(
        form, lambda: lifecycle.reschedule(pk, by=user, **form.arguments())
    ):
        messages.success(request, _moved(found(request, pk), verbs.other_name(shown, user)))
        return _away(shown, form)
    if relations.needs_an_answer(form):
        form.fields["start"].widget = forms.HiddenInput()
        return _asking(request, shown, "reschedule", form)
    return _moving_page(request, shown, form)


def _moved(shown: Appointment, other: str) -> str:
    if shown.proposed is None:
        return verbs.VERBS["reschedule"].done.format(other=other)
    return f"Proposed. {other} gets a mail and answers; until then both times are kept."


def _moving_page(request: HttpRequest, shown: Appointment, form: verbs.ActForm) -> HttpResponse:
    if "reschedule" not in moves.open_to(shown, reader(request), now=timezone.now()):
        return redirect("appointment", pk=shown.pk)
    shown.service.provider = shown.provider
    choice = picker.read(request) if request.method == "GET" else picker.nothing()
    if not (choice["at"] or choice["day"] or choice["since"]):
        choice["since"] = timezone.localdate(shown.start)
    where = picker.way(request.path, choice, "zone")
    if request.GET.get("scope") in dict(verbs.SCOPES):
        where.kept["scope"] = request.GET["scope"]
    zone = picker.zone_for(request, choice, shown.provider)
    times = picker.picker(
        shown.service, choice, where=where, zone=zone, now=timezone.now(), moving=shown
    )
    start = times.chosen.start if times.chosen else shown.start
    provides = shown.role_of(reader(request)) == Role.PROVIDER
    context = {
        "appointment": shown,
        "form": form,
        "provides": provides,
        "other": verbs.other_name(shown, reader(request)),
        "photo": None if provides else shown.provider.photo,
        "picker": times,
        "hidden": [("start", picker.stamp(start)), ("version", shown.version)],
        **providers.zones(shown.provider, zone, choice, at=start),
    }
    with timezone.override(zone):
        return partials.answer(
            request, "web/reschedule.html", context, part="booking", status=_status(form)
        )
