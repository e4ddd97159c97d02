"""What `openslot check-setup` finds, and how it says so."""

import socket
import struct
import threading
import time

import pytest
import requests
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import call_command
from django.test import Client

from openslot.devtools.google import CLIENT_ID, CLIENT_SECRET
from openslot.web.operators import checkup, seen
from openslot.web.operators.checkup import FORGED, State
from tests import town
from tests.notifications import smtp_server

GOOD = {"scheme": "https", "host": "book.example.org", "caller": "198.51.100.7"}
GOOD |= {"forwarded_for": f"{FORGED}, 198.51.100.7", "forwarded_proto": "https"}


def told(findings, what, state):
    """The words of what stands at that state, joined."""
    return " ".join(one.words for one in findings if (one.what, one.state) == (what, state))


@pytest.fixture
def behind(settings):
    settings.BASE_URL, settings.TRUSTED_PROXIES = "https://book.example.org", 1


def test_a_proxy_that_says_it_all_is_good(behind):
    assert [one.state for one in checkup.judged(GOOD)] == [State.GOOD]


@pytest.mark.parametrize(
    ("seen", "proxies", "words"),
    [
        ({"scheme": "http", "forwarded_proto": ""}, 1, "X-Forwarded-Proto says nothing"),
        ({"scheme": "http"}, 0, "no proxy is believed"),
        ({"host": "127.0.0.1:8000"}, 1, "let it be book.example.org"),
        ({"caller": FORGED}, 2, "can choose the address"),
        ({"caller": "10.0.0.1"}, 0, "all callers count as one"),
    ],
)
def test_what_a_proxy_leaves_out_is_said_with_what_to_do(behind, settings, seen, proxies, words):
    settings.TRUSTED_PROXIES = proxies
    assert words in told(checkup.judged(GOOD | seen), "proxy", State.WRONG)


@pytest.mark.django_db(transaction=True)
def test_the_running_site_is_asked_how_a_request_looks(live_server, settings):
    settings.BASE_URL = live_server.url
    found = list(checkup.of_proxy())
    assert told(found, "address", State.GOOD) == f"{live_server.url} leads here."
    assert "this one counts as 127.0.0.1" in told(found, "proxy", State.GOOD)
    settings.TRUSTED_PROXIES = 1  # and there is none
    assert "can choose the address" in told(checkup.of_proxy(), "proxy", State.WRONG)


def test_it_is_said_to_nobody_else():
    assert Client().get("/seen").status_code == 404
    assert Client().get("/seen", headers={"authorization": "guess"}).status_code == 404
    assert Client().get("/seen", headers={"authorization": seen.key()}).status_code == 200


def test_an_old_key_is_none(clock):
    key = seen.key()
    clock.shift(seen.SECONDS + 1)
    assert Client().get("/seen", headers={"authorization": key}).status_code == 404


def test_an_address_where_nobody_is_only_wants_a_look(settings):
    settings.BASE_URL = "http://127.0.0.1:1"
    assert "cannot be reached" in told(checkup.of_proxy(), "address", State.LOOK)


def test_a_certificate_that_nobody_believes_is_said_with_what_to_do(monkeypatch):
    def refuse(*_args, **_named):
        raise requests.exceptions.SSLError("self-signed certificate")

    monkeypatch.setattr(requests, "get", refuse)
    assert "REQUESTS_CA_BUNDLE" in told(checkup.of_proxy(), "address", State.LOOK)


@pytest.mark.django_db
def test_factors_that_were_sealed_under_other_keys_are_told(bob, settings):
    TOTP.activate(bob, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(bob)
    assert told(checkup.of_database(), "keys", State.WRONG) == ""
    settings.ENCRYPTION_KEYS = "another key than theirs"
    assert "2 second factors" in told(checkup.of_database(), "keys", State.WRONG)
    assert "ENCRYPTION_KEYS" in told(checkup.of_database(), "keys", State.WRONG)


# The clock ---------------------------------------------------------------------------------


@pytest.fixture
def time_server():
    """Somebody who tells the time, so many seconds away from ours."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", 0))

        def tell(off):
            _, who = line.recvfrom(512)
            at = time.time() + off + checkup.NTP_EPOCH
            line.sendto(40 * b"\0" + struct.pack("!II", int(at), int(at % 1 * 2**32)), who)

        def serve(off):
            threading.Thread(target=tell, args=[off], daemon=True).start()
            return f"127.0.0.1:{line.getsockname()[1]}"

        yield serve


def test_a_right_clock_is_right(time_server):
    assert checkup.of_clock(time_server(0.5)) == checkup.good("clock", "right to 0.5 seconds.")


@pytest.mark.parametrize(("off", "words"), [(300, "300 seconds behind"), (-300, "ahead of")])
def test_a_clock_that_is_off_is_wrong(time_server, off, words):
    found = checkup.of_clock(time_server(off))
    assert (found.state, words in found.words) == (State.WRONG, True)


def test_where_nobody_tells_the_time_ours_is_shown_to_compare():
    found = checkup.of_clock("no-such-host.invalid")
    assert found.state == State.LOOK
    assert "here it is 06:00:00 UTC" in found.words


# Mail, calendars, all of it ----------------------------------------------------------------


def test_a_mail_server_that_takes_the_test_mail(settings):
    settings.EMAIL_URL = "smtp://127.0.0.1"
    settings.EMAIL_BACKEND = "openslot.notifications.outgoing.smtp.Backend"
    with smtp_server.serving() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        found = checkup.of_mail("you@example.org")
    assert found.state == State.GOOD
    [(address, letter)] = server.taken
    assert address == "you@example.org"
    assert b"Subject: A test mail of OpenSlot" in letter


def test_one_that_is_not_there_is_said_in_words(settings):
    settings.EMAIL_URL = "smtp://127.0.0.1:1"
    settings.EMAIL_BACKEND = "openslot.notifications.outgoing.smtp.Backend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    found = checkup.of_mail("")
    assert found.state == State.WRONG
    assert "the mail server 127.0.0.1:1" in found.words


@pytest.mark.parametrize(("secret", "state"), [(CLIENT_SECRET, "GOOD"), ("another", "WRONG")])
@pytest.mark.real_clock
def test_google_is_asked_whether_it_knows_the_client(google, settings, secret, state):
    settings.GOOGLE_EMULATOR_URL = google.url
    settings.GOOGLE_CLIENT_ID, settings.GOOGLE_CLIENT_SECRET = CLIENT_ID, secret
    assert checkup.of_calendars().state == State[state]
    google.violations.clear()


@pytest.mark.django_db
def test_the_command_says_a_line_each_and_ends_with_what_it_found(people, settings, capsys):
    settings.BASE_URL = "http://127.0.0.1:1"
    with pytest.raises(SystemExit) as ended:
        call_command("check_setup", time_server="no-such-host.invalid")
    said = capsys.readouterr().out
    assert ended.value.code == 1
    assert "WRONG  worker: none is alive" in said
    assert "look   administrators: there is none" in said
    town.person("Olga", is_superuser=True, is_staff=True)
