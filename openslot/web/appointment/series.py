"""A series as a page: its rule in words, its appointments, and more of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from openslot.appointments import moves
from openslot.appointments.booking import making, preview
from openslot.appointments.booking.series import total_price
from openslot.appointments.models import ACTIVE, Appointment, Series, Way
from openslot.catalog.models import Service
from openslot.kernel import timerange
from openslot.kernel.errors import NotFound, VersionMismatch
from openslot.web import errors
from openslot.web.parts import picker, repeats, verbs
from openslot.web.parts.pressing import Answer, once
from openslot.web.parts.requests import reader


@require_GET
@login_required
def series(request: HttpRequest, pk: UUID) -> HttpResponse:
    made, user = own(request, pk), reader(request)
    occurrences = list(made.occurrences.with_people().by_start())
    provides = made.provider.user_id == user.pk
    with timezone.override(picker.chosen_zone(request)):
        context = _head(made) | {
            "occurrences": occurrences,
            "rows": _rows(made, occurrences),
            "skipped": _skipped(made, provides=provides),
            "total": total_price(made, occurrences),
            "provides": provides,
            "buttons": _buttons(request, occurrences),
        }
        return render(request, "appointment/series.html", context)


@login_required
@errors.returning("series", "pk")
@once
def extend(request: HttpRequest, pk: UUID) -> Answer | HttpResponse:
    """The next dates, each with its verdict; pressed, they are booked."""
    made, user = own(request, pk), reader(request)
    posted = request.method == "POST"
    form = repeats.ExtendForm(request.POST if posted else (request.GET or {"count": "12"}))
    readable = form.is_valid()
    try:
        if posted and errors.carried_out(
            form, lambda: making.extend(form.wanted(made), by=user, via=Way.PAGE)
        ):
            page = reverse("series", args=[pk])
            return Answer(page, gettext("The series goes on. The other side gets a mail."))
    except VersionMismatch:
        messages.info(request, errors.STALE)
        return redirect("series", pk=pk)
    shown = None
    if readable:
        shown = errors.outcome(form, lambda: preview.extension(form.wanted(made), by=user))
    dates = repeats.shown(shown, all_or_none=form.on_conflict == "fail" if shown else False)
    context = _head(made) | {"form": form, **dates}
    return render(request, "appointment/series_extend.html", context, status=errors.status(form))


def own(request: HttpRequest, pk: UUID) -> Series:
    """The series, if the reader has a part in it. Raises `NotFound`."""
    mine = Series.objects.visible_to(reader(request)).filter(pk=pk)
    made = mine.select_related(
        "provider__user", "customer__user", "service__provider", "service__requires"
    ).first()
    if made is None:
        raise NotFound
    return made


def _head(made: Series) -> dict[str, Any]:
    return {
        "series": made,
        "words": repeats.of(made),
        "their_zone": repeats.foreign_zone(made),
    }


def _rows(made: Series, occurrences: list[Appointment]) -> list[dict[str, Any]]:
    """Each with its number by the rule, and where it stood before it was moved alone."""
    numbers = {each.pk: n for n, each in enumerate(sorted(occurrences, key=_original), start=1)}
    return [
        {"item": each, "number": numbers[each.pk], "moved_from": _moved_from(made, each)}
        for each in occurrences
    ]


def _original(occurrence: Appointment) -> datetime:
    return occurrence.series_start or occurrence.start


def _moved_from(made: Series, occurrence: Appointment) -> datetime | None:
    by_rule = _original(occurrence)
    along = {by_rule, timerange.on_the_wall(by_rule, made.shift, made.zone)}
    return None if occurrence.start in along else max(along)


def _skipped(made: Series, *, provides: bool) -> list[dict[str, Any]]:
    """The dates that were left out, each with the way to book it by itself while it is offered."""
    if not made.skipped:
        return []
    sold = Service.objects.kept() if provides else Service.objects.offered()
    still, now = sold.filter(pk=made.service_id).exists(), timezone.now()
    dates = sorted(made.skipped, key=lambda each: datetime.fromisoformat(each["start"]))
    return [
        {
            "start": start,
            "reason": repeats.left_out(each, made.service, provides=provides),
            "href": _alone(made, start, provides=provides) if still and start > now else "",
        }
        for each in dates
        for start in [datetime.fromisoformat(each["start"])]
    ]


def _alone(made: Series, start: datetime, *, provides: bool) -> str:
    """Where somebody books the same service on that day: on their own side of the house."""
    if not provides:
        page = picker.Way(reverse("provider", args=[made.provider.slug]), {})
        return page.to(service=str(made.service_id), day=timezone.localdate(start))
    there = start.astimezone(made.provider.zone)
    who = {"service": str(made.service_id), "customer": str(made.customer_id)}
    return picker.Way(reverse("provider_book"), who).to(date=there.date(), time=f"{there:%H:%M}")


def _buttons(request: HttpRequest, occurrences: list[Appointment]) -> list[dict[str, Any]]:
    """What can be done with all that is still to come, asked at one of them with that scope.

    An answer at the first that waits for one; a move and a cancellation at the next one.
    """
    user, now = reader(request), timezone.now()
    ahead = [each for each in occurrences if each.status in ACTIVE and each.end > now]
    if not ahead:
        return []
    waits = next((each for each in ahead if "accept" in moves.open_to(each, user, now=now)), None)
    answers = verbs.buttons(waits, user, now=now) if waits else []
    return [
        *verbs.for_all(answers, "accept", "decline"),
        *verbs.for_all(verbs.buttons(ahead[0], user, now=now), "reschedule", "cancel"),
    ]
