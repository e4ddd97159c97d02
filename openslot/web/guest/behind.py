"""What is behind a link: who has it acts in the part of whoever it was mailed to.

The secret stands in the address, so the pages tell no other page where they are. Browsers then
send no origin either; the secret itself says what Django's token says elsewhere: whoever makes a
browser send a form here knows it already, and nothing in the browser adds to what it opens.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from openslot.appointments.guests import links
from openslot.kernel.errors import NotFound
from openslot.web.appointment.acting import Part

View = Callable[..., HttpResponse]


def behind_link(view: View) -> View:
    """Open the link, and give the view the part of whoever it is for."""

    @csrf_exempt
    @wraps(view)
    def wrapped(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
        try:
            shown = links.opened(token)
        except NotFound:
            return untold(render(request, "guest/dead.html", status=404))
        part = Part(shown, links.holder(shown), token)
        with timezone.override(shown.customer.zone()):
            return untold(view(request, part, **kwargs))

    return wrapped


def untold(response: HttpResponse) -> HttpResponse:
    """Nobody learns its address from it, and nothing keeps it."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
