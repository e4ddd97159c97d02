import pytest

from openslot.webhooks import kinds, subscribing
from tests.webhooks.receiver import Receiver


@pytest.fixture
def reachable(settings):
    """Receivers on loopback are called."""
    settings.WEBHOOKS_TO_PRIVATE = "on"


@pytest.fixture
def receivers(reachable):
    """`receivers()` starts another one."""
    started = []

    def start():
        started.append(Receiver())
        return started[-1]

    yield start
    for each in started:
        each.stop()


@pytest.fixture
def receiver(receivers):
    return receivers()


@pytest.fixture
def subscribed(receiver):
    """`subscribed(ada)`: the receiver hears of everything; the webhook and its secret."""

    def subscribe(user, url=receiver.url, events=tuple(kinds.TYPES)):
        return subscribing.add(user.provider, url=url, events=events)

    return subscribe
