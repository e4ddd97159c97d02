"""What may be offered, and at which price."""

from decimal import Decimal
from uuid import uuid4

import pytest
from moneyed import Money

from openslot.catalog import offering, pricing
from openslot.catalog.errors import StillRequired
from openslot.catalog.models import Service
from openslot.catalog.offering import Requires
from openslot.kernel.errors import Invalid
from tests import town

pytestmark = pytest.mark.django_db

FIELDS = {"name": "Cut", "duration_minutes": 30, "price": "45.00", "currency": "EUR"}


def refused(provider, **fields):
    with pytest.raises(Invalid) as caught:
        offering.offer(provider, **FIELDS | fields)
    return set(caught.value.errors)


def test_a_service_is_offered(ada):
    service = offering.offer(ada.provider, **FIELDS, category="hair")
    assert pricing.price(Service.objects.get(pk=service.pk)) == Money("45.00", "EUR")
    assert service.category.slug == "hair"


def test_an_hourly_service_has_a_rate(ada):
    service = offering.offer(
        ada.provider,
        name="Lesson",
        duration_minutes=50,
        pricing="hourly",
        rate="50",
        currency="EUR",
    )
    assert pricing.price(service) == Money("41.67", "EUR")


@pytest.mark.parametrize("price", ["-1", "NaN", "Infinity", "45.001", "abc", "", "1e9", "1e-9"])
def test_a_price_that_is_none_is_refused(ada, price):
    assert refused(ada.provider, price=price) == {"price"}


def test_yen_have_no_digits_after_the_point(ada):
    assert refused(ada.provider, currency="JPY", price="45.5") == {"price"}
    assert offering.offer(ada.provider, **FIELDS | {"currency": "JPY", "price": "4500"})


def test_an_unknown_currency_is_refused(ada):
    assert refused(ada.provider, currency="EUX") == {"currency"}


def test_every_field_that_does_not_fit_is_named(ada):
    wrong = refused(ada.provider, name=" ", duration_minutes=1441, price=None, category="nowhere")
    assert wrong == {"name", "duration_minutes", "price", "category"}


def test_buffers_are_bounded(ada):
    assert refused(ada.provider, buffer_before_minutes=1441) == {"buffer_before_minutes"}
    assert refused(ada.provider, buffer_after_minutes=-1) == {"buffer_after_minutes"}


def test_a_new_price_is_in_the_old_currency(ada, massage):
    changed = offering.change(massage, price="70.00")
    assert changed.tariff == Money("70.00", "EUR")


def test_a_new_pricing_wants_its_own_amount(ada, massage):
    with pytest.raises(Invalid) as caught:
        offering.change(massage, pricing="hourly")
    assert set(caught.value.errors) == {"rate"}
    assert offering.change(massage, pricing="hourly", rate="90").tariff.amount == Decimal(90)


def test_another_providers_service_cannot_be_required(ada, dan, haircut):
    assert refused(ada.provider, requires=Requires(haircut.pk, 1, 2)) == {"requires"}
    assert refused(ada.provider, requires=Requires(uuid4(), 1, 2)) == {"requires"}


def test_services_cannot_require_one_another_in_a_circle(ada, massage):
    second = offering.offer(ada.provider, **FIELDS, requires=Requires(massage.pk, 1, 7))
    third = offering.offer(ada.provider, **FIELDS, requires=Requires(second.pk, 1, 7))
    for own in (massage, third):
        with pytest.raises(Invalid):
            offering.change(massage, requires=Requires(own.pk, 0, 0))
    massage.refresh_from_db()
    assert massage.requires is None


@pytest.mark.parametrize("days", [(3, 2), (-1, 2), (0, 4000)])
def test_the_days_between_are_in_order(ada, massage, days):
    assert refused(ada.provider, requires=Requires(massage.pk, *days)) == {"requires"}


def test_a_service_nobody_booked_is_deleted(ada, massage):
    offering.remove(massage)
    assert not Service.objects.filter(pk=massage.pk).exists()


def test_a_booked_service_stays_for_its_appointments(ada, massage, bob):
    appointment = town.booked(massage, ada, town.at(9), customer=_customer(ada, bob))
    offering.remove(massage)
    appointment.refresh_from_db()
    assert appointment.service.name == "Massage"
    assert not Service.objects.kept().exists()


def test_a_required_service_is_not_removed(ada, massage):
    offering.offer(ada.provider, **FIELDS, requires=Requires(massage.pk, 1, 7))
    with pytest.raises(StillRequired):
        offering.remove(massage)


def test_unknown_categories_are_refused_and_the_old_ones_stay(ada):
    offering.choose_categories(ada.provider, ["massage", "health"])
    with pytest.raises(Invalid):
        offering.choose_categories(ada.provider, ["massage", "nowhere"])
    assert ada.provider.categories.count() == 2


def _customer(ada, bob):
    return ada.provider.customers.create(user=bob).pk
