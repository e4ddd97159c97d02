"""The way to a provider's desk: signed in, and offering time oneself."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from openslot.accounts.models import Provider, User

P = ParamSpec("P")


class DeskRequest(HttpRequest):
    """The request of somebody who offers time."""

    user: User
    provider: Provider


def for_providers(
    view: Callable[Concatenate[DeskRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Strangers sign in first; who offers no time yet is led to where that begins."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        desk = cast("DeskRequest", request)
        if not desk.user.is_provider:
            messages.info(
                request, gettext("This page is for providers. Offer your own time to get one.")
            )
            return redirect("become_provider")
        desk.provider = desk.user.provider
        return view(desk, *args, **kwargs)

    return cast("Callable[Concatenate[HttpRequest, P], HttpResponse]", guarded)
