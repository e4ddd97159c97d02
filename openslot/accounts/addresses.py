"""Addresses of mail, as the mail is sent."""

from __future__ import annotations

import idna


def sent(email: str) -> str:
    """The address as mail servers take it: its domain as A-label (RFC 5891, UTS 46).

    A domain that is no international one stays as it is, for the server to judge.
    """
    local, at, domain = email.rpartition("@")
    if domain.isascii():
        return email
    try:
        return f"{local}{at}{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError:
        return email
