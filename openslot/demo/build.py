"""Fill an empty database with the town of town.py: the same one for the same day.

Everything goes through the functions that people's own bookings go through; what happened before
today is dated back afterwards.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import connection
from django.db.models import F
from django.utils import timezone

from openslot.accounts import people, photos
from openslot.accounts.models import Customer, Provider, User
from openslot.appointments.booking import asking, making
from openslot.appointments.changing import answers, cancelling, outcomes, time_off
from openslot.appointments.errors import Refused
from openslot.appointments.free import slots
from openslot.appointments.models import Act, Appointment, Status, Way
from openslot.availability import hours
from openslot.catalog import offering
from openslot.catalog.models import Service
from openslot.demo import pictures, town
from openslot.kernel.timerange import Span

WEEKS_PAST = 5
WEEKS_COMING = 3
OPEN_FOR = timedelta(weeks=26)
SEED = "openslot"
ACCEPTED, ILL = 0.7, 0.1  # shares of the requests


def build() -> None:
    """Make the town. Expects a migrated database without providers."""
    rng = random.Random(SEED)  # noqa: S311  a demo, no secret
    crowd = [_customer(name) for name in town.CUSTOMERS]
    demo = _person(town.CUSTOMER_LOGIN, "Sam", "Rivers", "Europe/Berlin")
    photos.put(demo, pictures.picture(demo.email))
    for number, shop in enumerate(town.SHOPS):
        provider = _open(shop, login=town.PROVIDER_LOGIN if number == 0 else None)
        _fill(provider, shop, crowd=[*crowd, demo], rng=rng)
    _come_every_week(demo)
    _date_back()
    _forget_jobs()


def _person(email: str, first: str, last: str, zone: str) -> User:
    user = User.objects.create_user(
        email, town.PASSWORD, first_name=first, last_name=last, timezone=zone
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def _customer(name: str) -> User:
    user = User.objects.create_user(
        f"{name.lower()}@example.org", first_name=name, timezone="Europe/Berlin"
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def _open(shop: town.Shop, *, login: str | None) -> Provider:
    user = _person(login or f"{shop.slug}@example.org", *shop.owner, shop.zone)
    kind, text = shop.place
    provider = people.become_provider(
        user,
        name=shop.name,
        timezone=shop.zone,
        headline=shop.headline,
        bio=shop.bio,
        location_kind=kind,
        location_text=text,
    )
    people.change_provider(provider, **shop.rules)
    photos.put(provider, pictures.picture(shop.slug))
    offering.choose_categories(provider, [shop.category])
    made: dict[str, UUID] = {}
    for offer in shop.offers:
        service = offering.offer(
            provider,
            name=offer.name,
            description=offer.description,
            category=shop.category,
            duration_minutes=offer.minutes,
            pricing=offer.pricing,
            currency=shop.currency,
            price=offer.tariff if offer.pricing == "fixed" else None,
            rate=offer.tariff if offer.pricing == "hourly" else None,
            requires=_requires(offer, made),
        )
        made[offer.name] = service.pk
    hours.set_week(provider, spans=list(_week(shop.hours)))
    provider.working_hours.update(since=F("since") - OPEN_FOR)  # for the figures of the past
    return provider


def _requires(offer: town.Offer, made: dict[str, UUID]) -> offering.Requires | None:
    if offer.requires is None:
        return None
    name, least, most = offer.requires
    return offering.Requires(made[name], least, most)


def _week(text: str) -> Iterator[hours.WeekSpan]:
    for part in text.split(";"):
        days, *spans = part.split()
        for day in _days(days):
            for span in spans:
                start, end = span.split("-")
                yield hours.WeekSpan(day, time.fromisoformat(start), time.fromisoformat(end))


def _days(text: str) -> list[int]:
    if "-" in text:
        first, last = text.split("-")
        return list(range(int(first), int(last) + 1))
    return [int(day) for day in text.split(",")]


def _fill(provider: Provider, shop: town.Shop, *, crowd: list[User], rng: random.Random) -> None:
    now = timezone.now()
    services = list(provider.services.select_related("provider__user"))
    today = now.astimezone(provider.zone).date()
    for offset in range(-7 * WEEKS_PAST, 7 * WEEKS_COMING):
        day = today + timedelta(days=offset)
        service = rng.choice(services)
        asked = now if offset >= 0 else now + timedelta(days=offset - 1)
        [(_, free)] = slots.slots(service, first=day, last=day, zone=provider.zone, now=asked)
        wanted = sorted(rng.sample(free, min(len(free), rng.randint(0, round(4 * shop.busy)))))
        for slot in wanted:
            _book(service, slot, by=rng.choice(crowd), now=now, rng=rng)
    holiday = datetime.combine(today + timedelta(days=16), time(12), tzinfo=provider.zone)
    time_off.take(
        provider,
        by=_owner(provider),
        start=holiday,
        end=holiday + timedelta(hours=6),
        reason="Away in the afternoon",
        via=Way.PAGE,
    )


def _come_every_week(customer: User) -> None:
    slug, name, rule = town.WEEKLY
    service = Service.objects.select_related("provider__user").get(provider__slug=slug, name=name)
    now, zone = timezone.now(), service.provider.zone
    first = now.astimezone(zone).date() + timedelta(days=2)
    days = slots.slots(service, first=first, last=first + timedelta(days=13), zone=zone, now=now)
    start = next(slot.start for _, free in days for slot in free)
    wanted = asking.Request(service=service.pk, start=start, recurrence=rule, on_conflict="skip")
    making.book(wanted, by=customer, via=Way.PAGE)


def _owner(provider: Provider) -> User:
    if provider.user is None:
        raise ValueError("A provider of the demo has an account.")
    return provider.user


def _book(service: Service, slot: Span, *, by: User, now: datetime, rng: random.Random) -> None:
    owner = _owner(service.provider)
    try:
        if slot.end <= now:
            _past(service, slot, customer=by, owner=owner, rng=rng)
        else:
            _coming(service, slot, customer=by, owner=owner, rng=rng)
    except Refused:  # the customer is elsewhere at that time: as in a real town
        return


def _past(service: Service, slot: Span, *, customer: User, owner: User, rng: random.Random) -> None:
    known, _ = Customer.objects.get_or_create(provider=service.provider, user=customer)
    wanted = asking.Request(service=service.pk, start=slot.start, customer=known.pk)
    made = making.book(wanted, by=owner, via=Way.PAGE).first
    ending = rng.choices((outcomes.complete, outcomes.no_show, cancelling.cancel), (88, 5, 7))[0]
    ending(made.pk, by=owner, via=Way.PAGE)


def _coming(
    service: Service, slot: Span, *, customer: User, owner: User, rng: random.Random
) -> None:
    wanted = asking.Request(service=service.pk, start=slot.start, notes=_notes(rng))
    made = making.book(wanted, by=customer, via=Way.PAGE).first
    if made.status == Status.PENDING and rng.random() < ACCEPTED:
        answers.accept(made.pk, by=owner, via=Way.PAGE)
        if rng.random() < ILL:
            cancelling.cancel(made.pk, by=customer, reason="I am ill, sorry", via=Way.PAGE)


def _notes(rng: random.Random) -> str:
    return rng.choice(("", "", "", "It is my first time.", "The left one, as last time."))


def _date_back() -> None:
    """What is over was booked a week ahead and ended when it ended, not all of it just now."""
    now = timezone.now()
    over = Appointment.objects.filter(end__lte=now)
    over.update(created_at=F("start") - timedelta(days=7), updated_at=F("end"))
    for act in Act.objects.filter(moves__appointment__in=over).prefetch_related(
        "moves__appointment"
    ):
        [move] = act.moves.all()
        appointment = move.appointment
        act.at = appointment.created_at if move.action == "book" else appointment.end
        act.save(update_fields=["at"])


def _forget_jobs() -> None:
    """Nobody is to be told of what the demo made up."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE status = 'todo'")
