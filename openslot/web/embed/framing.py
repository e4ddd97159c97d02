"""A page in a frame of somebody's own site: nobody is known there, and nothing is kept.

Browsers give a frame of another site no cookies, or others than the site's own. So these pages work
without any: whoever is signed in here is nobody there, and as nothing in the browser adds to what a
form may do, the form needs no token against forgery either. Only the sites that the provider named
may show them (frame-ancestors, CSP level 3), and OpenSlot's own pages.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.constants import SELF
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt

from openslot.accounts.models import Provider

View = Callable[..., HttpResponse]


def framed(view: View) -> View:
    """Give the view a request of nobody's, and let the answer stand in frames."""

    @csrf_exempt
    @xframe_options_exempt
    @wraps(view)
    def wrapped(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        theirs = request.session
        request.user, request.session, request.COOKIES = AnonymousUser(), Unkept(), {}
        try:
            return view(request, **kwargs)
        finally:
            request.session = theirs

    return wrapped


def on_sites_of(provider: Provider, response: HttpResponse) -> HttpResponse:
    """The answer, for the sites of that provider alone."""
    sites = {"frame-ancestors": [SELF, *provider.embed_sites]}
    response._csp_replace = sites  # type: ignore[attr-defined]
    return response


class Unkept(SessionBase):
    """A session for one answer."""
