"""Where somebody is signed in, and ending that."""

from __future__ import annotations

from allauth.usersessions.internal.flows import sessions as flows
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from openslot.kernel.errors import NotFound
from openslot.web.parts.requests import reader

BROWSERS = ("Edg", "OPR", "Firefox", "Chrome", "Safari")
SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")
WORDS = {"Edg": "Edge", "OPR": "Opera", "Mac OS": "macOS"}


@login_required
def sessions(request: HttpRequest) -> HttpResponse:
    user = reader(request)
    mine = UserSession.objects.filter(user=user)
    if request.method == "POST":
        return _ended(request, mine)
    if not mine.filter(session_key=request.session.session_key).exists():
        UserSession.objects.create_from_request(request)
    alive = UserSession.objects.purge_and_list(user)
    shown = [{"session": one, "name": _named(one.user_agent)} for one in alive]
    shown.sort(key=lambda row: (not row["session"].is_current(), -row["session"].pk))
    return render(request, "account/sessions.html", {"rows": shown, "several": len(shown) > 1})


def _ended(request: HttpRequest, mine: QuerySet[UserSession]) -> HttpResponse:
    if "others" in request.POST:
        flows.end_other_sessions(request, reader(request))
        messages.success(request, gettext("All others are signed out."))
        return redirect("sessions")
    number = request.POST.get("session", "")
    ended = [one for one in mine if str(one.pk) == number]
    if not ended:
        raise NotFound
    flows.end_sessions(request, ended)
    messages.success(request, gettext("Signed out there."))
    return redirect("sessions")


def _named(agent: str) -> str:
    """A browser and its system, as people call them."""
    words = [next((one for one in group if one in agent), "") for group in (BROWSERS, SYSTEMS)]
    named = [WORDS.get(word, word) for word in words if word]
    if len(named) > 1:
        return gettext("{browser} on {system}").format(browser=named[0], system=named[1])
    return named[0] if named else gettext("Another program")
