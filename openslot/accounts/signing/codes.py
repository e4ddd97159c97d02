"""Six digits by mail: whoever types them reads mail to the address. For people without an account.

The digits follow from a nonce and a key of ours, so neither the table nor a job holds them. Tries
are counted in the row, behind its lock: five wrong ones end a code, whichever process they reach.
"""

from __future__ import annotations

import hashlib
import uuid
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from openslot.accounts import addresses
from openslot.accounts.models import AddressCode
from openslot.kernel import limits
from openslot.kernel.errors import Invalid

MAIL = "openslot.notifications.tasks.mail_code"
GOOD = timedelta(minutes=10)
TRIES = 5
SALT = "openslot.accounts.address_code"
WRONG = _("Type the six digits from our mail. They are good for 10 minutes and five tries.")


class VerificationRequired(Invalid):
    """Whose address it is has to be shown first, by the digits that are mailed there."""

    code = "verification_required"

    def __init__(self) -> None:
        super().__init__(**{"guest.code": WRONG})


def ask(email: str) -> None:
    """Have the worker mail new digits to the address, whoever it is; those before end.

    Raises `TooOften` for more than five an hour.
    """
    email = addresses.canonical(email)
    limits.count("guest_code", hashlib.sha256(email.encode()).hexdigest())
    fresh = {"nonce": uuid.uuid4(), "asked_at": timezone.now(), "tries": 0}
    with transaction.atomic():
        asked, _ = AddressCode.objects.update_or_create(email=email, defaults=fresh)
        app.configure_task(MAIL).defer(code_id=asked.pk, nonce=str(asked.nonce))


def digits(asked: AddressCode) -> str:
    digest = salted_hmac(SALT, f"{asked.email}:{asked.nonce}", algorithm="sha256").hexdigest()
    return f"{int(digest, 16) % 10**6:06}"


def alive(code_id: int, nonce: str) -> AddressCode | None:
    """What was asked for, while its digits are good and no others were asked for."""
    since = timezone.now() - GOOD
    return AddressCode.objects.filter(pk=code_id, nonce=nonce, asked_at__gt=since).first()


def check(email: str, code: str) -> None:
    """Whether these are the digits that were mailed there last; they may be used again.

    A wrong try is written down for good, so call it in no transaction. Raises
    `VerificationRequired`.
    """
    if not code or not _fit(addresses.canonical(email), code.strip()):
        raise VerificationRequired


@transaction.atomic(durable=True)
def _fit(email: str, code: str) -> bool:
    known = AddressCode.objects.filter(asked_at__gt=timezone.now() - GOOD, tries__lt=TRIES)
    asked = known.select_for_update().filter(email=email).first()
    if asked is None:
        return False
    fit = constant_time_compare(digits(asked), code)
    if not fit:
        AddressCode.objects.filter(pk=asked.pk).update(tries=F("tries") + 1)
    return fit
