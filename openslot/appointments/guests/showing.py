"""What somebody without an account has to show before they book, and where they may not."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from openslot.accounts.models import Guests, Provider
from openslot.accounts.signing import challenges, codes
from openslot.accounts.signing.challenges import Proof
from openslot.kernel.errors import NotAuthenticated

SIGN_IN = _("This provider takes bookings from people who are signed in.")


def check(service_id: UUID, *, email: str, code: str, proof: Proof) -> bool:
    """Whether the address is shown to be the guest's own; it need not be everywhere.

    Right digits are enough; where nobody needs any, a challenge may have to be solved. Call it in
    no transaction, before the booking. Raises `NotAuthenticated` where the provider takes no
    guests, and only then `VerificationRequired` or `ChallengeRequired`.
    """
    provider = Provider.objects.filter(services=service_id).first()
    if provider is not None:
        require_open(provider)
    if not is_needed() and not code:
        challenges.check(proof)
        return False
    codes.check(email, code)
    return True


def is_needed() -> bool:
    """Whether nobody books who has not shown that the address is theirs."""
    return bool(settings.GUEST_VERIFICATION == "code")


def require_open(provider: Provider) -> None:
    """Raises `NotAuthenticated` where the provider takes no guests."""
    if provider.guests == Guests.NONE:
        raise NotAuthenticated(SIGN_IN)
