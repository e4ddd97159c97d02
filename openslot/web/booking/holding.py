"""Keeping the chosen time while its form is filled in: the page's script asks for it once it is
open. Without a script, or where too many are kept, the form works as well.
"""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from openslot.appointments import errors
from openslot.appointments.holding import holds
from openslot.kernel import callers
from openslot.kernel.errors import DomainError
from openslot.web.parts.fields import InstantField
from openslot.web.parts.requests import holder


class HoldForm(forms.Form):
    service = forms.UUIDField()
    at = InstantField()


@require_POST
def hold(request: HttpRequest) -> HttpResponse:
    """What the form says of it: until when it is kept, or that it is gone, or nothing."""
    form, by = HoldForm(request.POST), holder(request)
    context: dict[str, Any] = {}
    if form.is_valid() and (by.user or by.browser):
        asked = form.cleaned_data
        try:
            context["held"] = holds.take(asked["service"], start=asked["at"], by=by)
        except errors.Refused as refusal:
            context["refusal"] = refusal.detail
        except DomainError:
            pass  # the form says why, when it is sent
    return render(request, "booking/hold.html", context)


def known_again(request: HttpRequest, page: HttpResponse) -> HttpResponse:
    """The page with the form, and what its browser is known by from then on.

    It has that before it asks to keep a time: somebody who goes on at once, and never sees the
    answer, still has what was kept for them.
    """
    if not request.user.is_authenticated and callers.BROWSER not in request.COOKIES:
        callers.know_again(page, secrets.token_urlsafe())
    return page
