"""Connecting a Google account: to the consent page and back.

Two halves that belong together by `state`: used once, within ten minutes, by the person who began.
What a calendar needs is asked for here and nowhere else; signing in asks for none of it.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from openslot.accounts import locks
from openslot.accounts.models import User
from openslot.sync import bell, errors
from openslot.sync.connecting import calendars
from openslot.sync.google import faults, oauth, places, tokens
from openslot.sync.google.client import Google
from openslot.sync.google.oauth import Grant
from openslot.sync.models import Attempt, Connection, Link, LinkState, State
from openslot.sync.outward import outbox

log = logging.getLogger("openslot.audit")
TIME = timedelta(minutes=10)


def begin(user: User) -> str:
    """The address of Google's consent page for this person. Raises `NotOffered`."""
    if not places.configured():
        raise errors.NotOffered
    state = secrets.token_urlsafe(32)
    now = timezone.now()
    Attempt.objects.filter(created_at__lt=now - timedelta(days=1)).delete()
    Attempt.objects.create(digest=_digest(state), user=user, created_at=now)
    live = Connection.objects.live().filter(user=user).first()
    return oauth.address(
        needed(user),
        redirect_uri=_back(),
        state=state,
        verifier=_verifier(state),
        hint=live.email if live else user.email,
    )


def needed(user: User) -> tuple[str, ...]:
    """The permissions without which it does not work; only a provider's hours are blocked."""
    if user.is_provider:
        return (places.EVENTS, places.LIST, places.FREE_BUSY)
    return (places.EVENTS, places.LIST)


def finish(*, by: User, state: str, code: str = "", error: str = "") -> Connection:
    """Connect what the person consented to, on their way back from Google.

    Raises `BadState` before anything is asked of Google, `Denied`, `PermissionsMissing` with what
    was left out, `OtherAccount` or `GoogleTrouble`. Nothing is kept then.
    """
    _use(state, by=by)
    if error or not code:
        raise errors.Denied if error == "access_denied" else errors.GoogleTrouble
    try:
        grant = oauth.granted(
            code, redirect_uri=_back(), verifier=_verifier(state), asked=needed(by)
        )
    except faults.Fault as fault:
        log.warning("no tokens for user=%s: %s", by.pk, fault)
        raise errors.GoogleTrouble from None
    _check(grant, by=by)
    connection = _kept(grant, by=by)
    _first_look(connection)
    bell.ring(connection.pk, urgent=True)
    return connection


def _use(state: str, *, by: User) -> None:
    """Use the state up, whoever comes with it."""
    now = timezone.now()
    attempts = Attempt.objects.filter(digest=_digest(state), used_at__isnull=True)
    attempt = attempts.first()
    used = attempts.update(used_at=now)
    if attempt is None or not used or attempt.user_id != by.pk or now - attempt.created_at > TIME:
        raise errors.BadState


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()


def _verifier(state: str) -> str:
    """The PKCE verifier (RFC 7636) of a state: nobody makes it but us, and nothing is kept."""
    made = hmac.digest(settings.SECRET_KEY.encode(), b"openslot.pkce:" + state.encode(), "sha256")
    return made.hex()


def _back() -> str:
    return f"{settings.BASE_URL}{reverse('calendar_callback')}"


def _check(grant: Grant, *, by: User) -> None:
    missing = [scope for scope in needed(by) if scope not in implied(grant.scopes)]
    if missing:
        _give_back(grant)
        named = "; ".join(str(places.LABELS[scope]) for scope in missing)
        raise errors.PermissionsMissing(
            gettext(
                "A permission is missing: {named}. Connect again and leave its box ticked."
            ).format(named=named)
        )
    if not grant.sub or not grant.refresh_token:
        raise errors.GoogleTrouble
    live = Connection.objects.live().filter(user=by).first()
    if live is not None and live.google_sub != grant.sub:
        _give_back(grant)
        raise errors.OtherAccount(
            gettext(
                "{connected} is connected, and you chose {chosen}. "
                "Disconnect it first, or choose the same account."
            ).format(
                connected=live.email or gettext("Another Google account"),
                chosen=grant.email or gettext("another one"),
            )
        )


def implied(scopes: Collection[str]) -> set[str]:
    """The scopes with the narrower ones that they hold."""
    held = set(scopes)
    root = "https://www.googleapis.com/auth/calendar"
    if held & {root, f"{root}.events"}:
        held |= {places.EVENTS, places.FREE_BUSY}
    if held & {root, f"{root}.readonly", f"{root}.calendarlist"}:
        held.add(places.LIST)
    return held


def _give_back(grant: Grant) -> None:
    try:
        oauth.revoke(grant.refresh_token or grant.access_token)
    except faults.Fault as fault:
        log.info("a grant that is of no use was not revoked: %s", fault)


@transaction.atomic
def _kept(grant: Grant, *, by: User) -> Connection:
    """The row: a new one, or the one of the same account, whose events are known still."""
    now = timezone.now()
    locks.users([by.pk])
    fresh = {
        "email": grant.email,
        "scopes": sorted(grant.scopes),
        "state": State.ACTIVE,
        "state_since": now,
        "reason": "",
        "failures": 0,
        "failing_since": None,
        "backoff_until": None,
        "connected_at": now,
    }
    connection, new = Connection.objects.update_or_create(
        user=by,
        google_sub=grant.sub,
        defaults=fresh,
        create_defaults={**fresh, "installation": places.installation()},
    )
    if connection.installation != places.installation():
        _moved_house(connection)
    tokens.keep_grant(connection, grant)
    outbox.note_everything(connection)
    connection.calendars.update(pull_wanted_at=now, full_due_at=None)
    log.info("calendar %s user=%s connection=%s", "connected" if new else "reconnected", by.pk,
             connection.pk)  # fmt: skip
    return connection


def _moved_house(connection: Connection) -> None:
    """Its person connected it again from another address: what stood there is left to the other.

    Events that they both took for their own would be fought about.
    """
    connection.installation = places.installation()
    connection.save(update_fields=["installation"])
    Link.objects.live().filter(connection=connection).update(state=LinkState.GONE, gone_at=None)


def _first_look(connection: Connection) -> None:
    """The list of calendars, so that the page has something to show; else the worker fetches it."""
    try:
        with Google(connection) as google:
            calendars.refresh(google, connection)
    except faults.Fault as fault:
        log.info("calendars of connection=%s come later: %s", connection.pk, fault)


def hurry(user: User) -> None:
    """Look at everything now, whatever is due. Raises `NotConnected`."""
    connection = Connection.objects.live().filter(user=user).first()
    if connection is None:
        raise errors.NotConnected
    connection.calendars.update(pull_wanted_at=timezone.now())
    bell.ring(connection.pk, urgent=True)
