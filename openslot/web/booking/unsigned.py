"""Booking without an account: name, address and the button, on the page where the time is said.

Where an address has to be shown first, the same page asks for the digits that were mailed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from openslot.accounts.models import Guests, LocationKind, User
from openslot.accounts.signing import codes
from openslot.accounts.signing.forms import (
    AddressField,
    Challenged,
    CodeField,
    Consenting,
    LineField,
    PhoneField,
    ProseField,
)
from openslot.appointments.booking import making
from openslot.appointments.booking.asking import Guest, Request
from openslot.appointments.guests import links, showing
from openslot.appointments.models import Status, Way
from openslot.catalog.models import Service
from openslot.kernel import timerange
from openslot.web import errors
from openslot.web.booking.asked import Asking
from openslot.web.parts.pressing import Answer, press, pressed
from openslot.web.parts.requests import posted, proof

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SHOWN = "guest_shown"  # of the session: the address whose digits were typed in this browser
TOLD = _("{done}. A mail with the link to this page is on its way.")


class GuestForm(Asking, Consenting, Challenged):
    """Who books, and what the other side should know."""

    now_and_then = ("code",)  # which is asked for once it was mailed

    name = LineField(max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = AddressField(
        label="E-mail",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = PhoneField()
    notes = ProseField(required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    zone = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    code = CodeField()

    def __init__(self, *args: Any, offer: Service, asks: bool = True, **more: Any) -> None:
        super().__init__(*args, **more)
        self.offer = offer
        if asks:
            self.ask(offer.questions)
        self.asks_code = "code" in self.data  # it stands on the page once they are on their way
        if offer.location[0] != LocationKind.PHONE:  # nobody is called
            del self.fields["phone"]

    def clean_zone(self) -> str:
        """One that we do not know is no reason to ask again."""
        zone: str = self.cleaned_data["zone"]
        return zone if timerange.known_zone(zone) else ""

    def wanted(self, start: datetime, *, browser: str = "") -> Request:
        notes, hold = self.cleaned_data["notes"], self.data.get("hold", "")
        asked = {"start": start, "notes": notes, "hold": hold, "browser": browser}
        return Request(service=self.offer.pk, answers=self.answers(), **asked)

    def guest(self) -> Guest | None:
        """Who books; None where the digits are to be typed first, which are on their way now.

        Raises what `showing.require_open`, `is_met`, `codes.ask` and `codes.check` raise.
        """
        given = self.cleaned_data
        showing.require_open(self.offer.provider)
        typed = self.asks_code and "again" not in self.data
        shown = typed and bool(given["code"])
        needed = not shown and (not self.is_met() or showing.is_needed())
        if needed and not typed:
            codes.ask(given["email"])
            self.asks_code = True
            return None
        if shown or needed:
            codes.check(given["email"], given["code"])
        first, _, last = given["name"].partition(" ")
        phone, zone = given.get("phone", ""), given["zone"] or self.offer.provider.timezone
        known = {"phone": phone, "timezone": zone, "language": get_language() or ""}
        return Guest(given["email"], first, last, **known, verified=shown, consent=self.agreed)


def form_of(request: HttpRequest, offer: Service, **more: Any) -> GuestForm:
    """The form, with what was sent and what was shown."""
    shown = proof(request, use=press(request))
    return GuestForm(posted(request), offer=offer, proof=shown, **more)


def takes_guests(request: HttpRequest, offer: Service) -> bool:
    """Whether it is booked here without an account; not by a form that was drawn for one."""
    drawn_for_one = request.method == "POST" and "email" not in request.POST
    signed_in = isinstance(request.user, User)
    return not signed_in and offer.provider.guests == Guests.ALLOWED and not drawn_for_one


def booked(
    request: HttpRequest,
    who: GuestForm,
    wanted: Callable[[], Request],
    *,
    form: forms.Form,
    draw: Callable[[], HttpResponse],
    page: str = "guest_appointment",
    told: StrOrPromise = TOLD,
) -> HttpResponse:
    """Book what is wanted for whoever the form names; or draw the page again.

    It leads to the `page` behind the guest's link, where it is `told`. A refusal stands in `form`.
    The digits are looked at first, outside the transaction.
    """
    guest = errors.outcome(who, who.guest)
    if guest is None:
        return draw()

    def act() -> Answer | HttpResponse:
        made = errors.outcome(form, lambda: making.book(wanted(), by=guest, via=Way.PAGE))
        if made is None:
            return draw()
        if guest.verified:
            request.session[SHOWN] = guest.email
        about = (made.first.customer_id, made.first.provider_id)
        done = gettext("Request sent") if made.first.status == Status.PENDING else gettext("Booked")
        page_of = reverse(page, args=[links.token(made.first)])
        return Answer(page_of, str(told).format(done=done), about=about)

    answer = pressed(request, act)
    return answer.given(request) if isinstance(answer, Answer) else answer
