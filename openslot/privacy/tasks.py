"""What the worker does about whose appointments are whose."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from procrastinate.contrib.django import app

from openslot.kernel import jobs
from openslot.privacy import joining

# A job that a release before this one left goes by its name of then.
BEFORE = "openslot.appointments.tasks.join"


@app.task(name="openslot.privacy.tasks.join", aliases=[BEFORE], queue="default", retry=jobs.SOON)
def join(address_id: int) -> None:
    """Give a verified address its appointments."""
    address = EmailAddress.objects.select_related("user").filter(pk=address_id).first()
    if address is not None and address.verified:
        joining.join(address.user, email=address.email)
