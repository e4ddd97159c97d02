"""What can go wrong at the emulator, by the call; and its pushes."""

from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
import requests

ADA = "ada@gmail.test"


@pytest.fixture
def ada(google):
    return google.account(ADA)


@pytest.fixture
def session(google, ada):
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {google.tokens(ADA).access_token}"
        yield session


@pytest.fixture
def events(google):
    return f"{google.url}/calendar/v3/calendars/primary/events"


def body(**fields):
    times = {
        "start": {"dateTime": "2030-04-01T09:00:00Z"},
        "end": {"dateTime": "2030-04-01T10:00:00Z"},
    }
    return times | fields


class Hook(BaseHTTPRequestHandler):
    statuses = []
    seen = []

    def do_POST(self):
        self.seen.append(dict(self.headers.items()))
        self.send_response(self.statuses.pop(0) if self.statuses else 204)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def hook():
    Hook.seen, Hook.statuses = [], []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/hook"
    server.shutdown()
    server.server_close()


@pytest.fixture
def channel(google, session, events, hook):
    asked = {"id": "channel-1", "type": "web_hook", "address": hook, "token": "secret"}
    answer = session.post(f"{events}/watch", json=asked)
    assert answer.status_code == 200, answer.text
    google.settle()
    return answer.json()


def numbers():
    return [int(one["X-Goog-Message-Number"]) for one in Hook.seen]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"status": 429, "headers": {"Retry-After": "7"}}, "rateLimitExceeded"),
        ({"status": 403, "reason": "userRateLimitExceeded"}, "userRateLimitExceeded"),
        ({"status": 403, "reason": "quotaExceeded"}, "quotaExceeded"),
        ({"status": 503}, "backendError"),
    ],
)
def test_a_call_fails_as_often_as_it_should(google, session, events, fault, reason):
    google.fault("calendar.events.list", times=2, skip=1, **fault)

    answers = [session.get(events) for _ in range(4)]
    assert [one.status_code for one in answers] == [200, fault["status"], fault["status"], 200]
    assert answers[1].json()["error"]["errors"][0]["reason"] == reason
    assert answers[1].headers.get("Retry-After") == fault.get("headers", {}).get("Retry-After")


def test_a_connection_is_reset_before_or_after_the_act(google, session, events, ada):
    google.fault("calendar.events.insert", drop="before")
    with pytest.raises(requests.ConnectionError):
        session.post(events, json=body(id="aaaaa1"))
    assert not ada.events()
    google.fault("calendar.events.insert", drop="after")
    with pytest.raises(requests.ConnectionError):
        session.post(events, json=body(id="aaaaa2"))

    assert [one["id"] for one in ada.events()] == ["aaaaa2"]
    assert [call.status for call in google.calls("calendar.events.insert")] == [0, 0]


def test_a_body_is_cut_off(google, session, events):
    google.fault("calendar.events.list", cut=True)

    with pytest.raises(requests.exceptions.RequestException):
        session.get(events)


def test_the_token_endpoint_fails_too(google):
    google.fault("/token", status=503)

    assert requests.post(f"{google.url}/token", data={}, timeout=5).status_code == 503


def test_a_push_comes_with_googles_headers(google, ada, channel):
    ada.insert("Massage", *times())
    google.settle()

    first, second = Hook.seen
    assert first["X-Goog-Resource-State"] == "sync"
    assert second["X-Goog-Resource-State"] == "exists"
    assert second["X-Goog-Channel-ID"] == "channel-1"
    assert second["X-Goog-Channel-Token"] == "secret"
    assert second["X-Goog-Resource-ID"] == channel["resourceId"]
    assert second["X-Goog-Resource-URI"].endswith("/events?alt=json")
    assert second["X-Goog-Channel-Expiration"] == "Mon, 08 Apr 2030 06:00:00 GMT"
    assert second["Content-Length"] == "0"
    assert numbers() == [1, 2]


def test_pushes_are_lost_doubled_and_held(google, ada, channel):
    google.pushes.losing = 1
    ada.insert("Lost", *times())
    google.pushes.doubling = 1
    ada.insert("Doubled", *times())
    google.pushes.holding = True
    ada.insert("Held", *times())
    google.settle()
    assert numbers() == [1, 3, 3]

    google.pushes.release()
    google.settle()
    assert numbers() == [1, 3, 3, 4]


def test_a_push_is_repeated_after_503_and_never_after_404(google, ada, channel):
    google.pushes.waits = (0, 0)
    Hook.statuses = [503, 204, 404]
    ada.insert("Massage", *times())
    ada.insert("Massage", *times())
    google.settle()

    assert [push.statuses for push in google.pushes.sent[1:]] == [[503, 204], [404]]


def test_a_stopped_or_expired_channel_is_silent(google, session, ada, channel):
    google.advance(days=8)
    ada.insert("Massage", *times())
    google.settle()
    assert numbers() == [1]
    stop = f"{google.url}/calendar/v3/channels/stop"
    session.headers["Authorization"] = f"Bearer {google.tokens(ADA).access_token}"

    named = {"id": "channel-1", "resourceId": channel["resourceId"]}
    assert session.post(stop, json=named).status_code == 404


def test_a_channel_is_stopped_once_by_its_own_resource(google, session, ada, channel):
    stop = f"{google.url}/calendar/v3/channels/stop"
    wrong = {"id": "channel-1", "resourceId": "other"}
    right = {"id": "channel-1", "resourceId": channel["resourceId"]}

    statuses = [session.post(stop, json=one).status_code for one in (wrong, right, right)]
    assert statuses == [404, 204, 404]
    ada.insert("Massage", *times())
    google.settle()
    assert numbers() == [1]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"id": "channel-1"}, "channelIdNotUnique"),
        ({"id": "not one"}, "invalid"),
        ({"address": "http://example.org/hook"}, "push.webhookUrlNotHttps"),
        ({"token": "x" * 257}, "invalid"),
    ],
)
def test_a_channel_that_google_would_not_open(session, events, hook, channel, change, reason):
    asked = {"id": "channel-2", "type": "web_hook", "address": hook} | change
    answer = session.post(f"{events}/watch", json=asked)

    assert answer.status_code == 400
    assert answer.json()["error"]["errors"][0]["reason"] == reason


def times():

    start = datetime(2030, 4, 1, 9, tzinfo=UTC)
    return start, start + timedelta(hours=1)
