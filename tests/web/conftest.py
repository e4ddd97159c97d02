import pytest
from django.test import Client

from tests import town


@pytest.fixture
def signed_in():
    """A browser in which somebody has signed in: signed_in(bob).get(…)."""

    def browser(user):
        return town.sign_in(Client(), user)

    return browser


@pytest.fixture
def request_of_bob(massage, bob):
    """Bob asked for Ada's massage, Monday 10:00 in Berlin."""
    return town.booked(massage, bob, town.at(8))


@pytest.fixture
def visit_of_bob(haircut, bob):
    """Bob's haircut at Dan's, confirmed, Monday 11:00 in Berlin."""
    return town.booked(haircut, bob, town.at(9))


@pytest.fixture
def consultation(dan):
    return town.service(dan.provider, name="Consultation", duration_minutes=30)


@pytest.fixture
def treatment(consultation):
    return town.service(
        consultation.provider,
        name="Treatment",
        requires=consultation,
        requires_min_days=7,
        requires_max_days=14,
    )


@pytest.fixture
def far(ada, dan):
    """Both can be booked a year ahead."""
    for user in (ada, dan):
        user.provider.booking_window_days = 365
        user.provider.save()
