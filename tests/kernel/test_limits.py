"""How often is too often, for each person by themselves."""

import pytest

from openslot.kernel import limits
from openslot.kernel.errors import TooOften
from tests import town

pytestmark = pytest.mark.django_db
HOUR = 3600


@pytest.fixture
def rates(settings):
    """`rates("3/hour")`: of every name."""

    def allow(rate):
        names = dict.fromkeys(settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"], rate)
        settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": names}

    return allow


@pytest.mark.parametrize("name", ["booking", limits.BROAD])
def test_so_many_go_through_and_the_next_does_not(name, rates):
    rates("3/hour")
    for _ in range(3):
        limits.count(name, "bob")
    with pytest.raises(TooOften):
        limits.count(name, "bob")


@pytest.mark.parametrize("name", ["booking", limits.BROAD])
def test_everybody_and_every_name_is_counted_apart(name, rates):
    rates("1/hour")
    limits.count(name, "bob")
    limits.count(name, "carol")
    limits.count("signup" if name == "booking" else "token", "bob")
    with pytest.raises(TooOften):
        limits.count(name, "bob")


def test_of_an_hour_each_call_is_forgotten_by_itself(rates, clock):
    rates("2/hour")
    limits.count("booking", "bob")
    clock.shift(1000)
    limits.count("booking", "bob")
    with pytest.raises(TooOften) as refused:
        limits.count("booking", "bob")
    assert refused.value.seconds == HOUR - 1000
    clock.shift(HOUR - 999)
    limits.count("booking", "bob")
    with pytest.raises(TooOften) as refused:
        limits.count("booking", "bob")
    assert refused.value.seconds == 999


def test_what_is_counted_roughly_begins_anew_with_each_stretch(rates, clock):
    rates("1/min")
    clock.move_to(town.NOW.replace(second=10))
    limits.count(limits.BROAD, "bob")
    with pytest.raises(TooOften) as refused:
        limits.count(limits.BROAD, "bob")
    assert refused.value.seconds == 50
    clock.shift(50)
    limits.count(limits.BROAD, "bob")


def test_without_a_rate_nothing_is_counted(rates):
    rates(None)
    for _ in range(50):
        limits.count("booking", "bob")


@pytest.mark.parametrize(
    ("said", "rate"),
    [("5/s", (5, 1)), ("120/min", (120, 60)), ("20/hour", (20, 3600)), ("1/d", (1, 86400))],
)
def test_a_rate_as_settings_say_it(said, rate, rates):
    rates(said)
    assert limits.rate("token") == rate
