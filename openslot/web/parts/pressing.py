"""Buttons that do what they say once, however often they are pressed.

A form carries a key, made when its page is drawn (`{% once %}`). A view that has done something
returns an `Answer`, which is kept; the same form sent again gets it and does nothing, and one sent
at the same moment waits for it. With other content the same key is another request: somebody went
back and chose another time. What was refused, or asked a question first, is not kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from openslot.accounts.models import User
from openslot.kernel.keeping import idempotency

FIELD = "once"
OPERATIONS = "web."
OF_THE_PAGE = {
    FIELD,
    "csrfmiddlewaretoken",
    "hold",
    "challenge",
    "challenge_asked",
}  # another one on each page that is drawn

P = ParamSpec("P")
Asked = TypeVar("Asked", bound=HttpRequest)


class Answer(NamedTuple):
    """Where the press of a button leads, and what is told there.

    `about` are the people whom the words name: they are forgotten with them (see forgetting.py).
    """

    to: str
    told: str = ""
    level: int = messages.SUCCESS
    about: Sequence[UUID] = ()

    def given(self, request: HttpRequest) -> HttpResponse:
        """Away there."""
        if self.told:
            messages.add_message(request, self.level, self.told)
        return redirect(self.to)


def once(
    view: Callable[Concatenate[Asked, P], Answer | HttpResponse],
) -> Callable[Concatenate[Asked, P], HttpResponse]:
    """Let a view whose form carries a key do its work once."""

    @wraps(view)
    def wrapped(request: Asked, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        answer = pressed(request, lambda: view(request, *args, **kwargs))
        return answer.given(request) if isinstance(answer, Answer) else answer

    return wrapped


def pressed(
    request: HttpRequest, act: Callable[[], Answer | HttpResponse]
) -> Answer | HttpResponse:
    """What the act answers; or, for a form that was carried out before, what it answered then."""
    key, owner = request.POST.get(FIELD, ""), _owner(request)
    if request.method != "POST" or not key or owner is None:
        return act()
    content = _content(request)
    with idempotency.claimed(
        owner, operation=_operation(request), key=f"{key} {content}", content=content
    ) as claim:
        if claim.answer is not None:
            return Answer(*json.loads(claim.answer))
        answer = act()
        if isinstance(answer, Answer):
            claim.keep(json.dumps(answer[:3]), about=answer.about)
        return answer


def press(request: HttpRequest) -> str:
    """One for all presses of this button with this content; empty where no form carries a key."""
    key = request.POST.get(FIELD, "")
    return hashlib.sha256(f"{key} {_content(request)}".encode()).hexdigest() if key else ""


def _owner(request: HttpRequest) -> str | None:
    """Who presses: an account, else a session (its id is a secret), a link, or an address."""
    if isinstance(request.user, User):
        return idempotency.owner_of(request.user.pk)
    session = request.session.session_key
    if session:
        return f"session:{hashlib.sha256(session.encode()).hexdigest()}"
    link = request.resolver_match.kwargs.get("token") if request.resolver_match else None
    said = link or request.POST.get("email")
    return idempotency.owner_by_address(said) if said else None


def _operation(request: HttpRequest) -> str:
    match = request.resolver_match
    return f"{OPERATIONS}{match.view_name if match else ''}"


def _content(request: HttpRequest) -> str:
    """All that was sent, and where to."""
    fields = {name: request.POST.getlist(name) for name in request.POST.keys() - OF_THE_PAGE}
    files = {name: _digest(file) for name, file in request.FILES.items()}
    return json.dumps([request.get_full_path(), fields, files], sort_keys=True)


def _digest(file: Any) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
