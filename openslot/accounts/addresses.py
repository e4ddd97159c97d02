"""Addresses of mail: one spelling for each mailbox, and the one in which mail is sent.

`b@BÜCHER.example` and `b@xn--bcher-kva.example` are one mailbox. It is stored and compared with a
lower-case local part and the domain in letters that people read (U-labels, RFC 5890, UTS 46).
"""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import idna
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.db import models
from django.utils.deconstruct import deconstructible
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    Column = models.EmailField[str, str]
else:
    Column = models.EmailField

BEYOND_ASCII = _("Mail from here does not reach addresses with letters such as “ö” before the @.")


def canonical(email: str) -> str:
    """The one spelling of an address. A domain that is none stays, in small letters."""
    local, at, domain = unicodedata.normalize("NFC", email.strip()).rpartition("@")
    return f"{local.lower()}{at}{_readable(domain)}"


def _readable(domain: str) -> str:
    with suppress(idna.IDNAError):
        domain = idna.decode(idna.encode(domain, uts46=True))
    return domain.lower()


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


@deconstructible
class AddressValidator(EmailValidator):
    """An address that mail from here reaches.

    Letters beyond ASCII before the @ take a mail server that knows SMTPUTF8 (RFC 6531).
    """

    def __call__(self, value: str | None) -> None:
        local, at, domain = canonical(value or "").rpartition("@")
        if not local.isascii() and not settings.EMAIL_SMTPUTF8:
            raise ValidationError(BEYOND_ASCII, code="invalid", params={"value": value})
        plain = "".join("x" if _is_letter(each) else each for each in local)
        super().__call__(sent(f"{plain}{at}{domain}"))


def _is_letter(sign: str) -> bool:
    return not sign.isascii() and unicodedata.category(sign)[0] in "LMN"


validate = AddressValidator()


class AddressField(Column):
    """A column of addresses: kept in their one spelling, and looked up by it."""

    default_validators = [validate]

    def to_python(self, value: Any) -> Any:
        return _spelled(super().to_python(value))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001
        value = _spelled(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value

    def get_prep_value(self, value: Any) -> Any:
        return _spelled(super().get_prep_value(value))


def _spelled(value: Any) -> Any:
    return canonical(value) if isinstance(value, str) else value
