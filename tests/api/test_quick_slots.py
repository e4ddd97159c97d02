"""The list of slots without REST framework around it: what it answers, REST framework would."""

from contextlib import contextmanager

import pytest
from django.core.cache import caches
from django.db import OperationalError

from openslot.accounts.models import Provider
from openslot.api.availability import quick
from openslot.api.protocol.throttling import Broad
from openslot.appointments.holding import holds
from openslot.kernel import callers
from tests import town
from tests.api.calling import done, problem
from tests.town import at

AVAILABILITY = "providers/ada/availability/"
DAYS = {"start": "2030-04-02", "end": "2030-04-03"}


@pytest.fixture
def both(asking, monkeypatch):
    """The answer of either way to the same question."""

    def both(*, headers=None, **query):
        known = {"headers": headers}
        at_once = asking().get(AVAILABILITY, **known, **query)
        with monkeypatch.context() as patch:
            patch.setattr(quick, "_asked", lambda _request: None)
            return at_once, asking().get(AVAILABILITY, **known, **query)

    return both


def are_same(one, other):
    return (one.status_code, one.content, dict(one.items())) == (
        other.status_code,
        other.content,
        dict(other.items()),
    )


@pytest.mark.parametrize(
    "query",
    [
        DAYS,
        DAYS | {"timezone": "Asia/Kathmandu"},
        DAYS | {"timezone": "Nowhere"},
        DAYS | {"end": "2031-04-03"},
        DAYS | {"page": "2"},
        DAYS | {"service": "x"},
        DAYS | {"service": str(town.NOBODY)},
        {"start": ["2030-04-02", "2030-04-03"], "end": "2030-04-03"},
        {},
    ],
)
def test_both_ways_answer_alike(both, massage, query):
    at_once, framework = both(**{"service": str(massage.pk)} | query)
    assert are_same(at_once, framework)


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html", "image/png"])
def test_both_ways_answer_alike_whatever_is_wanted(both, massage, accept):
    at_once, framework = both(service=str(massage.pk), **DAYS, headers={"accept": accept})
    assert are_same(at_once, framework)


def test_both_ways_know_who_has_the_answer_already(both, massage):
    query = {"service": str(massage.pk), **DAYS}
    etag = both(**query)[0]["ETag"]
    at_once, framework = both(**query, headers={"If-None-Match": etag})
    assert at_once.status_code == 304
    assert are_same(at_once, framework)


def test_what_is_written_shows_at_once(asking, massage, ada):
    """Of the service, the provider and the account: none of it is older than the last commit."""
    query = {"service": str(massage.pk), **DAYS}
    assert done(asking().get(AVAILABILITY, **query))["service"]["name"] == "Massage"
    massage.name = "Long massage"
    massage.save()
    assert done(asking().get(AVAILABILITY, **query))["service"]["name"] == "Long massage"
    Provider.objects.filter(pk=ada.provider.pk).update(timezone="Asia/Tokyo")
    assert done(asking().get(AVAILABILITY, **query))["timezone"] == "Asia/Tokyo"
    ada.is_active = False
    ada.save()
    problem(asking().get(AVAILABILITY, **query), 404, "not_found")
    ada.is_active = True
    ada.save()
    massage.delete()
    problem(asking().get(AVAILABILITY, **query), 404, "not_found")


def test_who_moved_to_another_address_is_found_there_alone(asking, massage, ada):
    query = {"service": str(massage.pk), **DAYS}
    done(asking().get(AVAILABILITY, **query))
    Provider.objects.filter(pk=ada.provider.pk).update(slug="ada-anew")
    problem(asking().get(AVAILABILITY, **query), 404, "not_found")
    assert done(asking().get("providers/ada-anew/availability/", **query))["days"][0]["slots"]


def test_a_browser_sees_what_it_holds_itself(asking, massage):
    hers = asking()
    hers.client.cookies[callers.BROWSER] = "hers"
    holds.take(massage.pk, start=at(8, day=1), by=holds.Caller(browser="hers"))
    query = {"service": str(massage.pk), **DAYS}

    def starts(who):
        found = done(who.get(AVAILABILITY, **query))
        return [slot["start"] for slot in found["days"][0]["slots"]]

    assert set(starts(hers)) - set(starts(asking())) == {"2030-04-02T10:00:00+02:00"}


def test_both_ways_count_for_the_same_limit(asking, massage, monkeypatch, settings):
    caches["local"].clear()
    monkeypatch.setattr("openslot.api.availability.views.Availability.throttle_classes", [Broad])
    rates = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] | {"broad": "2/min"}
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": rates}
    query = {"service": str(massage.pk), **DAYS}
    for _ in range(2):
        done(asking().get(AVAILABILITY, **query))
    assert "Retry-After" in asking().get(AVAILABILITY, **query)
    caches["local"].clear()


def test_what_fails_at_first_is_asked_again(asking, massage, monkeypatch):
    """A connection may turn out to be lost: REST framework's way takes one that lives."""

    @contextmanager
    def lost():
        yield
        raise OperationalError("the connection was lost")

    monkeypatch.setattr(quick, "unasked", lost)
    done(asking().get(AVAILABILITY, service=str(massage.pk), **DAYS))
