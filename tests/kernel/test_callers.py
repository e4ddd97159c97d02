"""Who is calling, and how attempts are counted."""

import pytest
from django.core.cache import caches
from django.test import Client

from openslot.kernel import callers
from openslot.kernel.keeping import counters
from tests import town

VICTIM = "bob@example.org"


def meta(peer, forwarded=None):
    return {"REMOTE_ADDR": peer} | ({"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {})


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "address"),
    [
        (0, "192.0.2.7", None, "192.0.2.7"),
        (0, "127.0.0.1", "198.51.100.1", "127.0.0.1"),  # no proxy is trusted, not even here
        (1, "10.0.0.1", "198.51.100.1", "198.51.100.1"),
        (1, "10.0.0.1", "203.0.113.9, 198.51.100.1", "198.51.100.1"),  # the first is made up
        (2, "10.0.0.1", "203.0.113.9, 198.51.100.1", "203.0.113.9"),
        (2, "10.0.0.1", "198.51.100.1", "198.51.100.1"),  # came past the outer one
        (1, "10.0.0.1", None, "10.0.0.1"),
        (1, "10.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
        (1, "10.0.0.1", "[2001:db8::1]:443", "2001:db8::1"),
        (1, "10.0.0.1", "unknown", "10.0.0.1"),
        (1, "::ffff:192.0.2.7", None, "192.0.2.7"),
        (0, "", None, "0.0.0.0"),  # a socket of the machine
    ],
)
def test_the_address_is_what_trusted_proxies_say(settings, proxies, peer, forwarded, address):
    settings.TRUSTED_PROXIES = proxies
    assert callers.address(meta(peer, forwarded)) == address


def test_a_subscriber_of_ipv6_is_one_caller():
    assert callers.network(meta("2001:db8:1:2:3::4")) == callers.network(meta("2001:db8:1:2::9"))
    assert callers.network(meta("2001:db8:1:2::")) != callers.network(meta("2001:db8:1:3::"))


def fail(client, n, email=VICTIM, **meta):
    return client.post("/accounts/login/", {"login": email, "password": f"wrong {n}"}, **meta)


def told_to_wait(answer):
    return answer.status_code == 429 or "Too many" in answer.content.decode()


def signs_in(client, **meta):
    client.post("/accounts/login/", {"login": VICTIM, "password": town.PASSWORD}, **meta)
    return "_auth_user_id" in client.session


def test_behind_a_proxy_one_person_locks_out_nobody_else(bob, settings):
    settings.TRUSTED_PROXIES = 1
    evil = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.66"}
    fair = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "198.51.100.1"}
    answers = [fail(Client(), n, f"eve{n}@example.org", **evil) for n in range(12)]
    assert told_to_wait(answers[-1])
    assert signs_in(Client(), **fair)


@pytest.mark.parametrize("peer", ["203.0.113.66", "127.0.0.1"])
def test_without_a_proxy_a_made_up_address_buys_no_further_tries(bob, peer):
    answers = [
        fail(
            Client(),
            n,
            f"eve{n}@example.org",
            REMOTE_ADDR=peer,
            HTTP_X_FORWARDED_FOR=f"198.51.100.{n}",
        )
        for n in range(12)
    ]
    assert told_to_wait(answers[-1])


def test_failures_elsewhere_do_not_make_those_on_a_victim_forgotten(bob):
    for n in range(5):
        fail(Client(), n, REMOTE_ADDR=f"203.0.113.{n}")
    for n in range(700):
        caches["default"].set(f"elsewhere-{n}", [1.0], 300)
    assert told_to_wait(fail(Client(), 9, REMOTE_ADDR="203.0.113.99"))
    assert not signs_in(Client(), REMOTE_ADDR="203.0.113.100")


def test_even_a_full_table_forgets_nothing_that_still_counts(people, monkeypatch):
    kept = caches["default"]
    monkeypatch.setattr(kept, "_max_entries", 10)
    for n in range(30):
        kept.set(f"row-{n}", n, 300)
    assert all(kept.get(f"row-{n}") == n for n in range(30))


def test_what_no_longer_counts_is_dropped(people, clock):
    kept = caches["default"]
    kept.set("short", 1, 60)
    kept.set("long", 1, 600)
    clock.shift(120)
    assert counters.purge() == 1
    assert kept.get("long") == 1


def test_a_cache_of_another_kind_has_nothing_to_drop(settings):
    kind = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    settings.CACHES = settings.CACHES | {"default": kind}
    caches["default"].set("short", 1, 60)
    assert counters.purge() == 0
