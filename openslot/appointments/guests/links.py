"""The link by which somebody without an account looks after an appointment.

Nothing of it is stored: it is the appointment's id, signed for whoever the appointment belongs to
now (docs/adr/0027). So it can stand in every mail, and it ends by itself when the address is
corrected, the appointment joins an account, or whoever it belongs to is erased.
"""

from __future__ import annotations

from uuid import UUID

from django.core import signing

from openslot.accounts.models import Person
from openslot.appointments.models import Appointment
from openslot.kernel.errors import NotFound

SALT = "appointments.guests.link"
NOBODY = UUID(int=0)


def token(appointment: Appointment) -> str:
    """Its secret; "" where there is no address to which it could be told."""
    belongs = _belongs(appointment)
    return _signer(belongs).sign(appointment.pk.hex) if belongs else ""


def opened(token: str) -> Appointment:
    """The appointment behind a link, with its people. Raises `NotFound` for what opens none."""
    appointment = Appointment.objects.with_people().filter(pk=meant(token)).first()
    belongs = _belongs(appointment) if appointment else ""
    if appointment is None or not belongs:
        raise NotFound
    try:
        _signer(belongs).unsign(token)
    except signing.BadSignature as error:
        raise NotFound from error
    return appointment


def meant(token: str) -> UUID:
    """Which appointment it speaks of, true or not."""
    try:
        return UUID(hex=token.partition(".")[0])
    except ValueError:
        return NOBODY


def holder(appointment: Appointment) -> Person:
    """In whose part somebody with the link acts."""
    return appointment.customer.user or appointment.customer


def _belongs(appointment: Appointment) -> str:
    """Whom it is signed for; an account's ends with its password, as all that was handed out."""
    customer = appointment.customer
    if customer.user is not None:
        user = customer.user
        return f"account:{user.pk}:{user.credentials_version}" if user.is_active else ""
    return f"guest:{customer.email}" if customer.email else ""


def _signer(belongs: str) -> signing.Signer:
    return signing.Signer(salt=f"{SALT}:{belongs}", sep=".")
