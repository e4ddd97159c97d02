"""Second factors, kept sealed: a copy of the database makes nobody's codes.

All of them share a context: allauth does not say whose it seals, and whoever can put one row's
secret into another can delete the row, which ends the factor altogether.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, ClassVar

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator

from openslot.accounts.signing import refusals
from openslot.kernel.errors import DomainError
from openslot.kernel.keeping import sealing

log = logging.getLogger(__name__)

CONTEXT = "accounts.factor"
SECRETS = ("secret", "seed")


class FactorUnreadable(DomainError):
    """Your second factor cannot be read here any more. Whoever runs this site can take it away."""

    code = "factor_unreadable"


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]
    """What allauth keeps of a factor."""

    error_messages: ClassVar = DefaultMFAAdapter.error_messages | refusals.FACTOR

    def encrypt(self, text: str) -> str:
        return sealing.seal(text, context=CONTEXT)

    def decrypt(self, encrypted_text: str) -> str:
        """Raises `FactorUnreadable` where it was sealed under keys that are no longer here."""
        try:
            return sealing.opened(encrypted_text, context=CONTEXT)
        except sealing.NotOpened:
            log.warning("a second factor was sealed under keys that are no longer here")
            raise FactorUnreadable from None

    def get_totp_issuer(self) -> str:
        return "OpenSlot"


def sealed(data: dict[str, Any]) -> dict[str, Any]:
    """The data of a factor that was kept in clear, sealed; what is sealed stays as it is."""
    return _each(data, lambda text: text if _is_sealed(text) else Adapter().encrypt(text))


def clear(data: dict[str, Any]) -> dict[str, Any]:
    """The way back, for a release before this one."""
    return _each(data, lambda text: Adapter().decrypt(text) if _is_sealed(text) else text)


def unreadable() -> int:
    """How many factors were sealed under keys that are no longer here: they let nobody in."""
    kept = Authenticator.objects.values_list("data", flat=True)
    return sum(not all(_is_sealed(text) for text in _secrets(data)) for data in kept.iterator())


def _secrets(data: dict[str, Any]) -> list[str]:
    return [*(data[name] for name in SECRETS if name in data), *data.get("migrated_codes", [])]


def _each(data: dict[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    changed = data | {name: change(data[name]) for name in SECRETS if name in data}
    if "migrated_codes" in data:
        changed["migrated_codes"] = [change(code) for code in data["migrated_codes"]]
    return changed


def _is_sealed(text: str) -> bool:
    try:
        sealing.opened(text, context=CONTEXT)
    except sealing.NotOpened:
        return False
    return True
