"""The people of the tests, and the shortest ways to make what they have.

Ada offers time in Berlin; Bob books it; Carol books too; Dan is another provider; Eve is the
stranger. The clock stands at Monday, 1 April 2030, 06:00 UTC (08:00 in Berlin).
"""

from __future__ import annotations

import time as time_
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from moneyed import Money

from openslot.accounts.models import Provider, User
from openslot.appointments.booking import making
from openslot.appointments.booking import preview as previews
from openslot.appointments.booking.asking import Extension, Guest, Request
from openslot.appointments.models import Appointment, Series, Way
from openslot.availability.models import WorkingHours
from openslot.catalog.models import Service

NOW = datetime(2030, 4, 1, 6, 0, tzinfo=UTC)
NOBODY = "00000000-0000-4000-8000-000000000000"  # an id that nothing has
PASSWORD = "correct horse battery"
GUEST = Guest("Gil@Example.org", "Gil", "Guest")


def at(hour: int, minute: int = 0, *, day: int = 0) -> datetime:
    """An instant (UTC) so many days after the tests' Monday; Berlin is two hours ahead."""
    return NOW.replace(hour=0) + timedelta(days=day, hours=hour, minutes=minute)


def person(name: str, **fields: Any) -> User:
    email = fields.pop("email", f"{name.lower()}@example.org")
    fields = {"first_name": name, "last_name": "Test", "timezone": "Europe/Berlin"} | fields
    user = User.objects.create_user(email, **fields)
    user.password = HASHED
    user.save(update_fields=["password"])
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def sign_in(client: Any, user: User) -> Any:
    """Sign somebody in in a browser of the tests, who says again who they are this very moment."""
    client.force_login(user)
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": time_.time(), "reauthenticated": True}
    ]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


# Argon2 is slow on purpose: hashed once.
HASHED = ""


def hash_once() -> None:
    global HASHED  # noqa: PLW0603
    if not HASHED:
        user = User()
        user.set_password(PASSWORD)
        HASHED = user.password


def provider(user: User, **fields: Any) -> Provider:
    fields = {
        "slug": user.first_name.lower(),
        "name": f"{user.first_name}'s practice",
        "timezone": "Europe/Berlin",
        "minimum_notice_minutes": 0,
    } | fields
    return Provider.objects.create(user=user, **fields)


def service(of: Provider, **fields: Any) -> Service:
    fields = {"name": "Massage", "duration_minutes": 60, "tariff": Money("50.00", "EUR")} | fields
    return Service.objects.create(provider=of, **fields)


def following(after: Service, name: str, low: int, high: int) -> Service:
    """A service of the same provider that needs the other one so many days before."""
    return service(
        after.provider, name=name, requires=after, requires_min_days=low, requires_max_days=high
    )


def hours(of: Provider, *weekdays: int, start: str = "09:00", end: str = "17:00") -> None:
    """Open on these weekdays (Monday is 1; none given: every day) in the provider's zone."""
    WorkingHours.objects.bulk_create(
        WorkingHours(
            provider=of,
            weekday=day,
            start=time.fromisoformat(start),
            end=time.fromisoformat(end),
        )
        for day in weekdays or range(1, 8)
    )


def booked(of: Service, by: User, start: datetime, **fields: Any) -> Appointment:
    return book(of.pk, by=by, start=start, **fields)


def book(service_id: UUID, *, by: User, via: Way = Way.UNKNOWN, **asked: Any) -> Appointment:
    """One appointment, of a request that says so."""
    return making.book(Request(service=service_id, **asked), by=by, via=via).first


def book_series(service_id: UUID, *, by: User, via: Way = Way.UNKNOWN, **asked: Any) -> Series:
    made = making.book(Request(service=service_id, **asked), by=by, via=via).series
    assert made is not None
    return made


def book_course(
    service_id: UUID, *, by: User, **asked: Any
) -> tuple[Appointment, list[Appointment]]:
    """A service with all that follows it."""
    made = making.book(Request(service=service_id, follow_ups=True, **asked), by=by)
    return made.first, list(made.follow_ups)


def preview(service_id: UUID, *, by: User, **asked: Any) -> previews.Preview:
    return previews.preview(Request(service=service_id, **asked), by=by)


def extend(series_id: UUID, *, by: User, **asked: Any) -> Series:
    return making.extend(Extension(series=series_id, **asked), by=by)


def preview_extension(series_id: UUID, *, by: User, **asked: Any) -> previews.Preview:
    return previews.extension(Extension(series=series_id, **asked), by=by)
