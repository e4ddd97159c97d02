"""Why something with a calendar is refused. The docstring of an error is its message."""

from __future__ import annotations

from openslot.kernel.errors import DomainError, NotFound


class NotConnected(NotFound):
    """No calendar is connected."""


class NotOffered(NotFound):
    """Google Calendar is not set up here."""


class ConnectRefused(DomainError):
    """That calendar could not be connected."""

    code = "connect_refused"


class BadState(ConnectRefused):
    """The way back from Google is used up, too old, or somebody else's. Begin again."""


class Denied(ConnectRefused):
    """You cancelled it at Google. Nothing is connected."""


class PermissionsMissing(ConnectRefused):
    """A permission is missing."""


class OtherAccount(ConnectRefused):
    """That is another Google account than the one that is connected."""


class GoogleTrouble(ConnectRefused):
    """Google did not answer as it should. Try again in a moment."""
