"""Booking one appointment: the chosen time, the notes, and the button."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from openslot.accounts.models import User
from openslot.accounts.signing.forms import ProseField
from openslot.appointments.booking import courses, making
from openslot.appointments.booking.asking import Request
from openslot.appointments.models import Way
from openslot.catalog.models import Service
from openslot.web import errors
from openslot.web.booking import holding, several, unsigned
from openslot.web.booking.asked import Asking
from openslot.web.booking.unsigned import GuestForm
from openslot.web.finding import providers
from openslot.web.parts import picker, repeats
from openslot.web.parts.pressing import Answer, once
from openslot.web.parts.requests import holder, posted

OTHER_TIME_HELPS = {"slot_taken", "slot_unavailable", "customer_busy"}
DRAFT = "draft_notes"  # of the session: what somebody wrote before signing in


class BookForm(Asking):
    notes = ProseField(
        required=False,
        max_length=2000,
        label=_("Notes"),
        help_text=_("What the other side should know. Both of you can read it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def wanted(self, offer: Service, start: datetime, *, browser: str) -> Request:
        notes, hold = self.cleaned_data["notes"], self.data.get("hold", "")
        asked = {"start": start, "notes": notes, "hold": hold, "browser": browser}
        return Request(service=offer.pk, answers=self.answers(), **asked)


def book(request: HttpRequest, slug: str, service: UUID) -> HttpResponse:
    choice = picker.read(request)
    offer = providers.chosen(providers.offered(providers.listed(slug)), service)
    if offer is None or choice["at"] is None:
        return redirect(f"{reverse('provider', args=[slug])}?service={service}")
    if not unsigned.takes_guests(request, offer):
        return _signed_in(request, offer, choice)
    form = unsigned.form_of(request, offer, initial={"notes": _draft(request, offer)})

    def draw() -> HttpResponse:
        return _booking_page(request, offer, choice, form)

    if request.method != "POST":
        return draw()
    browser = holder(request).browser
    return unsigned.booked(
        request, form, lambda: form.wanted(choice["at"], browser=browser), form=form, draw=draw
    )


@once
def _signed_in(
    request: HttpRequest, offer: Service, choice: dict[str, Any]
) -> Answer | HttpResponse:
    form = BookForm(posted(request), initial={"notes": _draft(request, offer)})
    form.ask(offer.questions)
    if request.method != "POST":
        return _booking_page(request, offer, choice, form)
    if not isinstance(request.user, User):
        return _sign_in_first(request, offer, choice)
    user, start, browser = request.user, choice["at"], holder(request).browser
    made = errors.outcome(
        form, lambda: making.book(form.wanted(offer, start, browser=browser), by=user, via=Way.PAGE)
    )
    if made is None:
        return _booking_page(request, offer, choice, form)
    request.session.pop(DRAFT, None)
    return Answer(several.page_of(made, zone=picker.other_zone(user, choice), fresh=True))


def _draft(request: HttpRequest, offer: Service) -> str:
    draft: str = request.session.get(DRAFT, {}).get(str(offer.pk), "")
    return draft


def _sign_in_first(request: HttpRequest, offer: Service, choice: dict[str, Any]) -> HttpResponse:
    """Away to sign in, and back to the same question; what was written waits in the session."""
    request.session[DRAFT] = {str(offer.pk): request.POST.get("notes", "")[:2000]}
    return redirect_to_login(picker.way(request.path, choice, "zone").to(at=choice["at"]))


def _booking_page(
    request: HttpRequest,
    offer: Service,
    choice: dict[str, Any],
    form: BookForm | GuestForm,
) -> HttpResponse:
    now, start = timezone.now(), choice["at"]
    here = picker.way(request.path, choice, "zone")
    zone = picker.zone_for(request, choice, offer.provider)
    offers = picker.after(offer, start, zone=zone, now=now) if _elsewhen(form) else []
    guest = isinstance(form, GuestForm)
    books = guest or isinstance(request.user, User)
    context = {
        "provider": offer.provider,
        "service": offer,
        "starts": start,
        "ends": start + offer.duration,
        "at": picker.stamp(start),
        "form": form,
        "guest": guest,
        "repeat": repeats.RepeatForm(auto_id="id_repeat_%s") if books and offer.recurring else None,
        "follow_ups": courses.following_of(offer) if books else [],
        "first": several.missing(form, offer, set()),
        "here": here.to(at=start),
        "offers": [{"at": span.start, "href": here.to(at=span.start)} for span in offers],
        "back_href": picker.way(reverse("provider", args=[offer.provider.slug]), choice, "zone").to(
            service=str(offer.pk), at=start
        ),
        **providers.zones(offer.provider, zone, choice, at=start),
    }
    with timezone.override(zone):
        page = render(request, "booking/book.html", context, status=errors.status(form))
    return holding.known_again(request, page)


def _elsewhen(form: forms.Form) -> bool:
    """Whether another time would help."""
    told = form.non_field_errors().as_data()
    return any(error.code in OTHER_TIME_HELPS for error in told)
