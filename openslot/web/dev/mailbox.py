"""The mails that development does not send but keeps in DATA_DIR/mail. Never in production."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.encoding import escape_uri_path
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from openslot.kernel.errors import NotFound
from openslot.notifications.outgoing import mailbox

NAME = re.compile(r"[0-9]{1,30}-[0-9]{1,9}\.eml", re.ASCII)
MOST = 200
HEADERS = ("From", "To", "Date", "List-Unsubscribe")


@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    kept = (path.name for path in mailbox.folder().glob(f"*{mailbox.SUFFIX}"))
    names = sorted(filter(NAME.fullmatch, kept), reverse=True)
    summaries = [_summary(name, _read(name)) for name in names[:MOST]]
    return render(request, "dev/mailbox.html", {"mails": summaries})


@require_safe
def mail(request: HttpRequest, name: str) -> HttpResponse:
    message = _read(name)
    text = message.get_body(("plain",))
    shown = _summary(name, message) | {
        "headers": [(header, message[header]) for header in HEADERS if message[header]],
        "html": message.get_body(("html",)) is not None,
        "text": text.get_content() if text else "",
        "parts": [
            {"number": number, "type": part.get_content_type(), "file": part.get_filename()}
            for number, part in enumerate(_leaves(message))
        ],
    }
    return render(request, "dev/mailbox_mail.html", {"mail": shown})


@require_safe
@xframe_options_sameorigin
@csp({"default-src": [NONE], "style-src": [UNSAFE_INLINE], "frame-ancestors": [SELF]})  # type: ignore[arg-type]
def html(_request: HttpRequest, name: str) -> HttpResponse:
    """The mail as HTML, for the frame: no scripts, nothing from elsewhere."""
    body = _read(name).get_body(("html",))
    if body is None:
        raise NotFound
    return HttpResponse(body.get_content())


@require_safe
def part(_request: HttpRequest, name: str, number: int) -> HttpResponse:
    """A part of the mail, as a file."""
    leaves = _leaves(_read(name))
    if number >= len(leaves):
        raise NotFound
    content = leaves[number].get_payload(decode=True)
    file = escape_uri_path(leaves[number].get_filename() or f"part-{number}.txt")
    return HttpResponse(
        content,
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f"attachment; filename*=utf-8''{file}"},
    )


def _read(name: str) -> EmailMessage:
    path = mailbox.folder() / name
    if not NAME.fullmatch(name) or not path.is_file():
        raise NotFound
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    if not isinstance(message, EmailMessage):
        raise NotFound
    return message


def _summary(name: str, message: EmailMessage) -> dict[str, Any]:
    return {
        "name": name,
        "subject": message["Subject"] or "No subject",
        "to": message["To"] or "",
        "date": message["Date"].datetime if message["Date"] else None,
    }


def _leaves(message: EmailMessage) -> list[Any]:
    return [each for each in message.walk() if not each.is_multipart()]
