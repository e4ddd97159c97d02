"""Whom webhooks may call: nobody inside, at saving and at each try."""

import socket

import pytest

from openslot.kernel.errors import Invalid
from openslot.webhooks import addresses, delivering, subscribing
from openslot.webhooks.models import Message, Webhook
from tests import town
from tests.api.calling import Caller, done, problem
from tests.working import work

pytestmark = pytest.mark.django_db

PUBLIC, HOST = "8.8.8.8", "hooks.example.org"
WANTED = ["appointment.requested"]
PRIVATE = [
    *("127.0.0.1", "127.1", "0x7f.1", "2130706433", "0.0.0.0", "localhost", "10.0.0.1"),
    *("172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "240.0.0.1"),
    *("255.255.255.255", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:a00:1]", "[fe80::1]"),
    *("[fc00::1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[ff02::1]", "192.0.2.1", "198.18.0.1"),
]
ILLEGIBLE = [
    *("hooks", "/hook", "http://", "https:///x", "ftp://8.8.8.8/", "file:///etc/passwd"),
    *("javascript:alert(1)", "https://8.8.8.8:99999/", "https://8.8.8.8:x/", "https://[::1/"),
    *("https://user:secret@8.8.8.8/", "gopher://8.8.8.8/", "https://8.8.8.8 /x", "https://a..b/"),
    "https://" + "a" * 70 + ".example/",
]


class Names:
    """What names mean, as the resolver is asked: `means` is taken from the front, the last stays."""

    def __init__(self, receiver_port):
        self.asked, self.means, self.port = [], [PUBLIC], receiver_port
        self.caught = False
        self.real = socket.getaddrinfo

    def __call__(self, host, port, *args, **kwargs):
        self.asked.append(host)
        if host == PUBLIC and self.caught:  # whoever is called there is the receiver of the test
            return self.real("127.0.0.1", self.port, *args, **kwargs)
        if host != HOST:
            return self.real(host, port, *args, **kwargs)
        meant = self.means.pop(0) if len(self.means) > 1 else self.means[0]
        if not meant:
            raise socket.gaierror
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (meant, port or 0))]


@pytest.fixture
def names(receiver, settings, monkeypatch):
    settings.WEBHOOKS_TO_PRIVATE = "off"
    found = Names(receiver.port)
    monkeypatch.setattr(socket, "getaddrinfo", found)
    return found


def add(ada, url):
    return subscribing.add(ada.provider, url=url, events=WANTED)


@pytest.mark.parametrize("host", PRIVATE)
def test_addresses_that_are_not_public_are_refused_at_saving(host, ada):
    told = problem(
        Caller(ada).post("provider/webhooks/", {"url": f"http://{host}/", "events": WANTED}),
        400,
        "invalid",
    )
    assert told["errors"].keys() == {"url"}
    assert not Webhook.objects.exists()


@pytest.mark.parametrize("url", ILLEGIBLE)
def test_what_is_no_address_of_the_web_is_refused(url, ada):
    with pytest.raises(Invalid) as refused:
        add(ada, url)
    assert refused.value.errors.keys() == {"url"}


def test_a_name_with_one_private_address_among_public_ones_is_refused(ada, names, monkeypatch):
    def both(host, port, *args, **kwargs):
        if host == HOST:
            found = ["1.1.1.1", "10.0.0.1"]
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found]
        return names.real(host, port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", both)
    with pytest.raises(Invalid):
        add(ada, f"http://{HOST}/")


def test_an_address_that_is_changed_is_looked_at_too(ada):
    made, _ = add(ada, "https://8.8.8.8/")
    path = f"provider/webhooks/{made.pk}/"
    problem(Caller(ada).patch(path, {"url": "http://10.0.0.1/"}), 400, "invalid")
    shown = done(Caller(ada).get(path))
    assert shown["url"] == "https://8.8.8.8/"
    assert done(Caller(ada).patch(path, shown)) == shown


def test_in_production_webhooks_go_by_https_alone(ada, settings, receiver, names):
    settings.PRODUCTION = True
    with pytest.raises(Invalid):
        add(ada, "http://8.8.8.8/")
    add(ada, "https://8.8.8.8/")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("https://8.8.8.8", "https://8.8.8.8/"),
        ("https://8.8.8.8/a?b=c#d", "https://8.8.8.8/a?b=c"),
        (" HTTPS://8.8.8.8:443/ ", "https://8.8.8.8:443/"),
        ("https://[2001:4860:4860::8888]/", "https://[2001:4860:4860::8888]/"),
    ],
)
def test_how_an_address_is_kept(said, kept):
    assert addresses.checked(said) == kept


def test_a_name_beyond_ascii_is_kept_as_it_is_sent(settings):
    settings.WEBHOOKS_TO_PRIVATE = "on"
    assert addresses.checked("https://bücher.example/é") == "https://xn--bcher-kva.example/é"


def send(massage, bob):
    town.book(massage.pk, by=bob, start=town.at(8, day=1))
    work()


def attempts(ada):
    made = Webhook.objects.get()
    listed = done(Caller(ada).get(f"provider/webhooks/{made.pk}/deliveries/"))["results"]
    return [(each["status"], each["error"]) for each in listed[0]["attempts"]]


def test_the_name_is_resolved_once_and_that_very_address_is_called(
    massage, ada, bob, receiver, names
):
    add(ada, f"http://{HOST}:8123/hook?a=b")
    names.caught = True
    names.asked.clear()
    names.means = [PUBLIC, "10.0.0.1"]
    send(massage, bob)
    assert names.asked == [HOST, PUBLIC]  # the second is the address itself
    [heard] = receiver.taken
    assert heard.headers["host"] == f"{HOST}:8123"
    assert heard.path == "/hook?a=b"


@pytest.mark.parametrize("inside", ["127.0.0.1", "10.0.0.1", "169.254.169.254"])
def test_a_name_that_was_public_and_is_private_at_the_try_is_not_called(
    inside, massage, ada, bob, clock, receiver, names
):
    add(ada, f"http://{HOST}:{receiver.port}/hook")
    names.caught = True
    names.means = [inside]
    send(massage, bob)
    assert receiver.heard == []
    assert attempts(ada) == [(None, "This address is not public.")]
    names.means = [PUBLIC]
    clock.shift(5)
    work()
    assert len(receiver.taken) == 1


def test_a_name_that_means_nothing_any_more_is_tried_again(massage, ada, bob, receiver, names):
    add(ada, f"http://{HOST}/hook")
    names.means = [""]
    send(massage, bob)
    assert attempts(ada) == [(None, "The connection failed or was broken off.")]
    assert Message.objects.get().state == "waiting"


def test_no_proxy_and_no_password_of_this_machine_goes_along(
    massage, ada, bob, receiver, subscribed, monkeypatch, tmp_path
):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password secret\n")
    with monkeypatch.context() as patched:
        patched.setenv("NETRC", str(netrc))
        patched.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        patched.setenv("ALL_PROXY", "http://127.0.0.1:9")
        subscribed(ada)
        send(massage, bob)
    [heard] = receiver.taken
    assert "authorization" not in heard.headers
    assert "cookie" not in heard.headers


def test_an_address_of_the_plain_web_is_not_called_once_this_is_production(
    massage, ada, bob, receiver, subscribed, settings
):
    subscribed(ada)
    settings.PRODUCTION = True
    send(massage, bob)
    delivering.deliver(Webhook.objects.get().pk)
    assert receiver.heard == []
    assert attempts(ada) == [(None, "Only https is called.")]
