"""From guest to account with one password: all appointments in one place.

The page stands at an address of its own, without the secret of the link that led here: it signs
somebody in, so it is guarded as all such pages are (see behind.py).
"""

from __future__ import annotations

from allauth.account.utils import complete_signup
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from openslot.accounts import people
from openslot.accounts.models import Customer, User
from openslot.accounts.signing.forms import Consenting
from openslot.appointments.guests import links
from openslot.kernel.errors import NotFound
from openslot.kernel.wording import languages
from openslot.privacy import joining
from openslot.web import errors
from openslot.web.appointment.acting import Part
from openslot.web.booking.unsigned import SHOWN
from openslot.web.guest.behind import behind_link

LINK = "guest_link"  # of the session: by which link somebody came


class PasswordForm(Consenting):
    password = forms.CharField(
        max_length=people.PASSWORD_MAX,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


@behind_link
def begin(request: HttpRequest, part: Part) -> HttpResponse:
    """Away from the address that has the secret in it."""
    request.session[LINK] = part.token
    return redirect("guest_account")


@never_cache
@sensitive_post_parameters()
def account(request: HttpRequest) -> HttpResponse:
    """A password, and the guest has an account."""
    if request.user.is_authenticated:
        return redirect("appointments")
    guest = _guest(request)
    form = PasswordForm(request.POST if request.method == "POST" else None)
    shown = request.session.get(SHOWN) == guest.email
    user = None
    if request.method == "POST":
        user = errors.outcome(form, lambda: _made(guest, form, shown=shown))
    if user is None:
        context = {"form": form, "email": guest.email}
        return render(request, "guest/account.html", context, status=errors.status(form))
    request.session.pop(LINK, None)
    answer: HttpResponse = complete_signup(
        request, user=user, email_verification=None, success_url=reverse("appointments")
    )
    return answer


def _guest(request: HttpRequest) -> Customer:
    """Whom the link belongs to by which somebody came. Raises `NotFound`."""
    guest = links.opened(request.session.get(LINK, "")).customer
    if guest.user_id is not None:
        raise NotFound
    return guest


def _made(guest: Customer, form: PasswordForm, *, shown: bool) -> User:
    """The account; who has shown the address here has all that is booked for it at once."""
    user = people.sign_up(
        email=guest.email,
        password=form.cleaned_data["password"],
        first_name=guest.first_name,
        last_name=guest.last_name,
        timezone=guest.zone().key,
        language=languages.of(guest.language or get_language() or ""),
        verified=shown,
        consent=form.agreed,
    )
    if shown:
        joining.join(user, email=user.email)
    return user
