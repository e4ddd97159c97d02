"""`openslot check-setup`: whether an installation is as it should be, each thing in words.

It looks from outside, as people and mail servers do: through the proxy, into the mail server, at a
clock elsewhere. Nothing is changed, and but for the test mail nothing is sent to anybody.
"""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator
from enum import Enum
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.core import checks, mail
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import Error
from django.urls import reverse
from django.utils import timezone

from openslot.accounts import factors
from openslot.accounts.operating import administrators
from openslot.analytics import operating
from openslot.sync.google import places
from openslot.web.operators.seen import key

TIME_SERVER = "pool.ntp.org"
NTP, NTP_EPOCH = 123, 2_208_988_800  # its port; its seconds begin in 1900
TOLERATED = 10  # seconds that a clock may be off: sign-in codes change every 30
PATIENCE = 10  # seconds for whoever is asked
FORGED = "203.0.113.77"  # nobody's (RFC 5737): a caller who claims to be somebody else


class State(Enum):
    GOOD = "ok"
    LOOK = "look"
    WRONG = "WRONG"


class Finding(NamedTuple):
    state: State
    what: str
    words: str


def good(what: str, words: str) -> Finding:
    return Finding(State.GOOD, what, words)


def look(what: str, words: str) -> Finding:
    return Finding(State.LOOK, what, words)


def wrong(what: str, words: str) -> Finding:
    return Finding(State.WRONG, what, words)


def findings(*, mail_to: str, time_server: str) -> Iterator[Finding]:
    yield from of_settings()
    yield from of_database()
    yield from of_proxy()
    yield of_mail(mail_to)
    yield of_clock(time_server)
    yield of_calendars()
    yield of_law()


def of_settings() -> Iterator[Finding]:
    """What Django and we ourselves object to."""
    if not settings.PRODUCTION:
        yield look("settings", "ENVIRONMENT is development: this is not how to serve strangers.")
    found = checks.run_checks(include_deployment_checks=settings.PRODUCTION)
    faults = [one for one in found if not one.is_silenced()]
    for fault in faults:
        yield wrong("settings", f"{fault.msg} {fault.hint or ''}".strip())
    if not faults:
        yield good("settings", "nothing to object to.")


def of_database() -> Iterator[Finding]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version'), now()")
            version, at = cursor.fetchone()
    except Error as error:
        yield wrong("database", f"it cannot be reached: {_said(error)}")
        return
    yield good("database", f"PostgreSQL {version} answers.")
    off = abs((timezone.now() - at).total_seconds())
    if off > TOLERATED:
        yield wrong("database", f"its clock and this machine's differ by {off:.0f} seconds.")
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield wrong("database", "migrations are not applied: `openslot prepare` does that.")
        return
    yield _of_worker()
    yield _of_administrators()
    yield from _of_keys()


def _of_worker() -> Finding:
    if operating.workers(now=timezone.now()):
        return good("worker", "it is alive.")
    return wrong("worker", "none is alive: no mail leaves. Start `openslot worker`.")


def _of_administrators() -> Finding:
    safe = administrators.safe()
    if safe:
        return good("administrators", f"{safe} with a second factor.")
    words = "there is none with a second factor: `openslot administrator you@example.org`."
    return look("administrators", words)


def _of_keys() -> Iterator[Finding]:
    unreadable = factors.unreadable()
    if unreadable:
        yield wrong(
            "keys",
            f"{unreadable} second factors (or lists of recovery codes) were sealed under others. "
            "Add those to ENCRYPTION_KEYS, or nobody signs in with them.",
        )


# Through the proxy -------------------------------------------------------------------------


def of_proxy() -> Iterator[Finding]:
    """Our own public address is asked how a request looks that came by it."""
    try:
        answer = requests.get(
            f"{settings.BASE_URL}/seen",
            headers={
                "Authorization": key(),
                "X-Forwarded-For": FORGED,
            },
            timeout=PATIENCE,
            allow_redirects=False,
        )
    except requests.exceptions.SSLError as error:
        yield look("address", f"{settings.BASE_URL}: {_of_certificate(error)}")
        return
    except requests.RequestException as error:
        yield look("address", f"{settings.BASE_URL} cannot be reached from here: {_said(error)}")
        return
    if answer.status_code != HTTPStatus.OK:
        yield wrong("address", _strange(answer))
        return
    yield good("address", f"{settings.BASE_URL} leads here.")
    yield from judged(answer.json())


def _of_certificate(error: Exception) -> str:
    return (
        "its certificate is not believed here, as one that signed itself is not: "
        f"REQUESTS_CA_BUNDLE=cert.pem has this command believe it. ({_said(error)})"
    )


def _strange(answer: requests.Response) -> str:
    if answer.is_redirect:
        return (
            f"{settings.BASE_URL} leads on to {answer.headers['Location'][:200]}: let the proxy "
            "serve it itself, and set BASE_URL to where it leads in the end."
        )
    if answer.status_code == HTTPStatus.BAD_REQUEST:
        return "the name that the proxy passes on as Host is not in ALLOWED_HOSTS."
    return (
        f"{settings.BASE_URL} answers {answer.status_code}: another program, or an installation "
        "with another SECRET_KEY, serves it."
    )


def judged(seen: dict[str, str]) -> Iterator[Finding]:
    """What a request says that went through the proxies, against what it should say."""
    wanted = urlsplit(settings.BASE_URL)
    if seen["scheme"] != wanted.scheme:
        yield wrong("proxy", _of_scheme(seen))
    if seen["host"] != wanted.netloc:
        yield wrong("proxy", f"it passes on “{seen['host']}” as Host; let it be {wanted.netloc}.")
    if seen["caller"] == FORGED:
        yield wrong(
            "proxy",
            "whoever calls can choose the address that limits count for. Let the proxy write "
            "X-Forwarded-For itself, and TRUSTED_PROXIES be the number of proxies.",
        )
    elif seen["forwarded_for"] not in {"", FORGED} and not settings.TRUSTED_PROXIES:
        yield wrong(
            "proxy",
            "there is one, and TRUSTED_PROXIES is 0: all callers count as one, and soon nobody "
            "gets in. Set it to the number of proxies.",
        )
    else:
        yield good("proxy", f"callers are told apart; this one counts as {seen['caller']}.")


def _of_scheme(seen: dict[str, str]) -> str:
    if not settings.TRUSTED_PROXIES:
        return "requests seem to come by http, for TRUSTED_PROXIES is 0 and no proxy is believed."
    told, scheme = seen["forwarded_proto"] or "nothing", urlsplit(settings.BASE_URL).scheme
    return f"X-Forwarded-Proto says {told}; let the proxy set it to {scheme}."


# Mail, the clock, the rest -----------------------------------------------------------------


def of_mail(to: str) -> Finding:
    """A connection with its sign-in, and a mail where an address is given."""
    if not settings.EMAIL_URL:
        return look("mail", "EMAIL_URL is unset: mail stays in the mailbox at /dev/mail/.")
    try:
        with mail.get_connection() as line:
            if to:
                mail.EmailMessage(*_letter(), to=[to], connection=line).send()
    except (OSError, ValueError) as error:
        return wrong("mail", f"the mail server {_server()} does not take it: {_said(error)}")
    if to:
        return good("mail", f"{_server()} has taken a test mail to {to}; see that it arrives.")
    return good("mail", f"{_server()} lets us in. --mail-to=you@example.org sends a test mail.")


def _letter() -> tuple[str, str, str]:
    text = f"This is the test mail of {settings.BASE_URL}.\n\nMail leaves as it should."
    return "A test mail of OpenSlot", text, settings.DEFAULT_FROM_EMAIL


def _server() -> str:
    return f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"


def of_clock(server: str) -> Finding:
    """The machine's clock against another one: codes, tokens and links go by it."""
    try:
        off = time.time() - asked_time(server)
    except OSError as error:
        said = (
            f"{server} tells no time ({_said(error)}). Compare: here it is {timezone.now():%T} UTC."
        )
        return look("clock", said)
    if abs(off) > TOLERATED:
        ahead = "ahead of" if off > 0 else "behind"
        return wrong("clock", f"it is {abs(off):.0f} seconds {ahead} {server}. Let NTP set it.")
    return good("clock", f"right to {max(abs(off), 0.1):.1f} seconds.")


def asked_time(server: str) -> float:
    """The Unix time of an SNTP server (RFC 4330). Raises `OSError`."""
    name, _, port = server.partition(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.settimeout(PATIENCE / 2)
        line.sendto(b"\x1b" + 47 * b"\0", (name, int(port or NTP)))
        answer = line.recv(512)
    if len(answer) < 48:  # noqa: PLR2004
        raise OSError("an answer too short")
    whole, part = struct.unpack("!II", answer[40:48])
    return float(whole - NTP_EPOCH + part / 2**32)


def of_calendars() -> Finding:
    """Whether Google knows the client, which it looks at before the code (which is none)."""
    if not places.configured():
        return look("calendars", "GOOGLE_CLIENT_ID is unset: nothing is offered of Google.")
    try:
        answer = requests.post(places.token(), data=_without_code(), timeout=PATIENCE)
        reason = str(answer.json().get("error", ""))
    except (requests.RequestException, ValueError, AttributeError) as error:
        return wrong("calendars", f"Google cannot be asked: {_said(error)}")
    if reason != "invalid_grant":
        told = f"Google does not know this client ({reason or answer.status_code}). Compare the id"
        return wrong("calendars", f"{told} and the secret with its console.")
    pushes = "calls us" if places.pushes() else "does not call us: changes there come by the clock"
    return good("calendars", f"Google knows the client, and {pushes}. Have it know {_callback()}")


def _callback() -> str:
    return f"{settings.BASE_URL}{reverse('calendar_callback')} as a redirect address."


def _without_code() -> dict[str, str]:
    client = places.client()
    return {
        "grant_type": "authorization_code",
        "code": "none",
        "redirect_uri": f"{settings.BASE_URL}{reverse('calendar_callback')}",
        "client_id": client.id,
        "client_secret": client.secret,
    }


def of_law() -> Finding:
    unset = [name for name in ("IMPRINT_URL", "PRIVACY_URL") if not getattr(settings, name)]
    if unset:
        return look("law", f"{' and '.join(unset)} unset: many countries want such pages linked.")
    return good("law", "imprint and privacy are linked on every page and in every mail.")


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
