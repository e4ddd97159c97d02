"""What the worker does about whose appointments are whose."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from openslot.kernel import jobs
from openslot.privacy import joining, old

# A job that a release before this one left goes by its name of then.
BEFORE = "openslot.appointments.tasks.join"


@app.task(name="openslot.privacy.tasks.join", aliases=[BEFORE], queue="default", retry=jobs.SOON)
def join(address_id: int) -> None:
    """Give a verified address its appointments."""
    address = EmailAddress.objects.select_related("user").filter(pk=address_id).first()
    if address is not None and address.verified:
        joining.join(address.user, email=address.email)


@app.periodic(cron="47 3 * * *")
@app.task(name="openslot.privacy.tasks.forget_old", queueing_lock="privacy.forget_old")
def forget_old(timestamp: int) -> None:  # noqa: ARG001  Procrastinate passes it
    """Every night: what was long ago loses what it says of people, where the operator says so."""
    if settings.RETENTION_DAYS:
        old.forget(days=settings.RETENTION_DAYS, now=timezone.now())
