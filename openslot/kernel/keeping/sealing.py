"""Text that the database keeps and only this installation can read.

The keys are made of ENCRYPTION_KEYS, strings parted by commas: the first one seals, all of them
open. So a key is replaced by putting a new one in front, and left out once nothing needs it. Each
context has keys of its own (HKDF, RFC 5869), so what is sealed for one row, put into another, does
not open.
"""

from __future__ import annotations

import base64
import functools

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE = b"openslot.sealed.1:"


class NotOpened(Exception):
    """What is kept was sealed for another context or under a key that is no longer here."""


def seal(text: str, *, context: str) -> str:
    """The text, readable by `opened` with the same context alone.

    `context` says what it is and whose: "calendar.refresh_token:<id of the row>".
    """
    return _keys(settings.ENCRYPTION_KEYS, context).encrypt(text.encode()).decode()


def opened(sealed: str, *, context: str) -> str:
    """What `seal` was given. Raises `NotOpened` for anything else."""
    try:
        return _keys(settings.ENCRYPTION_KEYS, context).decrypt(sealed.encode()).decode()
    except InvalidToken as exc:
        raise NotOpened from exc


def resealed(sealed: str, *, context: str) -> str:
    """The same under the first key, for when keys are replaced. Raises `NotOpened`."""
    return seal(opened(sealed, context=context), context=context)


@functools.lru_cache(maxsize=256)
def _keys(strings: str, context: str) -> MultiFernet:
    return MultiFernet([_key(one.strip(), context) for one in strings.split(",") if one.strip()])


def _key(string: str, context: str) -> Fernet:
    derived = HKDF(hashes.SHA256(), length=32, salt=None, info=PURPOSE + context.encode())
    return Fernet(base64.urlsafe_b64encode(derived.derive(string.encode())))
