"""A connection's tokens: sealed in its row, open only in the credentials of one job."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from google.oauth2.credentials import Credentials

from openslot.kernel.keeping import sealing
from openslot.sync.google import faults, places
from openslot.sync.google.oauth import Grant
from openslot.sync.models import Connection

FIELDS = ("refresh_token", "access_token")


def keep(connection: Connection, *, refresh: str, access: str, expires_at: datetime | None) -> None:
    """Write them down, sealed for this row and column alone."""
    for name, token in zip(FIELDS, (refresh, access), strict=True):
        setattr(connection, name, sealing.seal(token, context=_context(connection, name)))
    connection.access_expires_at = expires_at
    connection.save(update_fields=[*FIELDS, "access_expires_at"])


def keep_grant(connection: Connection, grant: Grant) -> None:
    keep(
        connection,
        refresh=grant.refresh_token,
        access=grant.access_token,
        expires_at=grant.expires_at,
    )


def forget(connection: Connection) -> None:
    """Wipe them."""
    for name in FIELDS:
        setattr(connection, name, "")
    connection.access_expires_at = None
    connection.save(update_fields=[*FIELDS, "access_expires_at"])


def credentials(connection: Connection) -> Kept:
    """For one job. Raises `AuthLost` where there are none, or none that can be opened."""
    try:
        refresh, access = (
            sealing.opened(getattr(connection, name), context=_context(connection, name))
            for name in FIELDS
        )
    except sealing.NotOpened:
        raise faults.AuthLost(reason="no tokens") from None
    client, ends = places.client(), connection.access_expires_at
    return Kept(
        access or None,
        connection=connection,
        refresh_token=refresh,
        token_uri=places.token(),
        client_id=client.id,
        client_secret=client.secret,
        expiry=ends.astimezone(UTC).replace(tzinfo=None) if ends else None,
    )


class Kept(Credentials):
    """Written down each time that they are renewed: Google may give another refresh token."""

    def __init__(self, token: str | None, *, connection: Connection, **rest: Any) -> None:
        super().__init__(token, **rest)  # type: ignore[no-untyped-call]
        self.connection = connection

    def __repr__(self) -> str:
        return "<Kept>"

    def refresh(self, request: Any) -> None:
        super().refresh(request)  # type: ignore[no-untyped-call]
        ends = self.expiry.replace(tzinfo=UTC) if self.expiry else None
        keep(self.connection, refresh=self.refresh_token, access=self.token or "", expires_at=ends)


def _context(connection: Connection, name: str) -> str:
    return f"connection:{connection.pk}:{name}"
