"""A course at Dan's: a consultation, a treatment after it, a check-up after that."""

import pytest

from tests import town


@pytest.fixture
def far(ada, dan):
    for user in (ada, dan):
        user.provider.booking_window_days = 1095
        user.provider.save()


@pytest.fixture
def consultation(far, dan):
    return town.service(dan.provider, name="Consultation", duration_minutes=30)


@pytest.fixture
def treatment(consultation):
    return town.following(consultation, "Treatment", 7, 14)


@pytest.fixture
def check_up(treatment):
    return town.following(treatment, "Check-up", 30, 60)
