"""Every floor answers for what it keeps about people; what is new cannot be forgotten."""

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.db import connection

from openslot import personal
from openslot.accounts.models import Customer
from openslot.appointments.booking import asking
from openslot.appointments.changing import cancelling
from openslot.availability.models import Busy, TimeOff
from openslot.kernel import privacy
from openslot.notifications import feed
from openslot.privacy import erasure, taking_along
from tests import town

MARK = "Xanthippe"  # in whatever a person may write about themselves


@pytest.fixture
def xan(people):
    """Somebody with a mark in every text of theirs."""
    user = town.person(MARK, last_name=MARK, phone=f"{MARK}-1")
    EmailAddress.objects.create(user=user, email=f"other@{MARK.lower()}.example", verified=True)
    return user


def left():
    """Where the mark stands, in whatever column of whatever table."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            name = connection.ops.quote_name(table)
            cursor.execute(f"SELECT t::text FROM {name} t WHERE t::text ILIKE %s", [f"%{MARK}%"])
            found += [f"{table}: {row}" for (row,) in cursor.fetchall()]
    return found


def test_every_model_is_some_parts_or_says_why_not():
    ours = {
        model._meta.label
        for model in apps.get_models()
        if model.__module__.startswith("openslot.") and model._meta.managed
    }
    named = {label for part in privacy.parts() for label in part.models}
    assert ours - named - personal.NOTHING_OF_ITS_OWN.keys() == set(), (
        "name these in their floor's privacy.py, or in openslot/personal.py with the reason"
    )
    assert named | personal.NOTHING_OF_ITS_OWN.keys() <= ours


def test_no_model_is_named_twice():
    named = [label for part in privacy.parts() for label in part.models]
    assert len(named) == len(set(named))
    assert not set(named) & personal.NOTHING_OF_ITS_OWN.keys()


def test_nothing_of_an_erased_customer_stands_in_any_table(xan, massage, haircut, ada):
    appointment = town.book(massage.pk, by=xan, start=town.at(8), notes=f"I, {MARK}")
    cancelling.cancel(appointment.pk, by=xan, reason=f"{MARK}'s knee")
    town.book(haircut.pk, by=xan, start=town.at(9, day=1), notes=MARK)
    Customer.objects.filter(user=xan).update(notes=f"{MARK} is nice")
    feed.renew(xan)
    assert len(left()) > 5
    erasure.erase(xan)
    assert left() == []


def test_nothing_of_an_erased_provider_stands_in_any_table(xan, bob):
    provider = town.provider(xan, headline=MARK, bio=MARK, location_text=MARK)
    town.hours(provider)
    offered = town.service(provider, description=MARK, location_text=MARK)
    TimeOff.objects.create(provider=provider, start=town.at(9), end=town.at(10), reason=MARK)
    Busy.objects.create(provider=provider, source="x", key=MARK, start=town.at(11), end=town.at(12))
    town.booked(offered, bob, town.at(8))
    guest = asking.Guest(email=f"guest@{MARK}.example", first_name=MARK, last_name=MARK)
    town.book(offered.pk, by=xan, start=town.at(13), customer=guest)
    Customer.objects.of(provider).update(notes=MARK)
    erasure.erase(xan)
    assert left() == []


def test_an_export_shows_a_list_of_every_part(xan, haircut):
    provider = town.provider(xan)
    town.booked(haircut, xan, town.at(9))
    shown = taking_along.everything(xan)
    for part in privacy.parts():
        assert part.export(xan).keys() <= shown.keys()
        assert part.export_provider(provider).keys() <= shown["provider"].keys()
    assert shown.keys() > {"account", "appointments", "notifications"}
    assert shown["provider"].keys() > {"profile", "services", "working_hours", "appointments"}


def test_an_export_tells_no_secret_and_nothing_that_others_noted(xan, haircut):
    town.booked(haircut, xan, town.at(9))
    Customer.objects.filter(user=xan).update(notes="difficult", blocked=True)
    feed.renew(xan)
    shown = str(taking_along.everything(xan))
    assert xan.password not in shown
    assert "difficult" not in shown
    assert "blocked" not in shown
    assert feed.address(xan).split("/")[-1].removesuffix(".ics") not in shown
