"""What a provider does before the first booking: service, hours, page, and telling people."""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from openslot.accounts.models import Provider
from openslot.appointments.models import Appointment
from openslot.availability.models import SpecialHours, WorkingHours
from openslot.catalog.models import Service


class Step(NamedTuple):
    """Something to do, whether it is done, and where."""

    text: str
    done: bool
    href: str
    action: str


class Beginning(NamedTuple):
    """The steps in order; `link` is the public page, once there is something to book on it."""

    steps: list[Step]
    link: str


def of(provider: Provider) -> Beginning | None:
    """Nothing, once anything was ever booked; at most five queries before."""
    if Appointment.objects.filter(provider=provider).exists():
        return None
    sells = Service.objects.kept().filter(provider=provider, active=True).exists()
    works = has_hours(provider)
    told = bool(provider.headline or provider.bio)
    steps = [
        Step(
            gettext("Say what you offer"), sells, reverse("service_new"), gettext("Add a service")
        ),
        Step(gettext("Say when you work"), works, reverse("hours"), gettext("Set your hours")),
        Step(
            gettext("Say who you are"),
            told,
            reverse("provider_profile"),
            gettext("Fill in your page"),
        ),
    ]
    page = reverse("provider", args=[provider.slug])
    found = sells and works and provider.is_open
    return Beginning(steps, f"{settings.BASE_URL}{page}" if found else "")


def has_hours(provider: Provider) -> bool:
    """Whether the provider has said when anybody can come."""
    return any(
        kind._default_manager.filter(provider=provider).exists()
        for kind in (WorkingHours, SpecialHours)
    )
