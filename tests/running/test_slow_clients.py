"""Whoever sends or reads slowly, or not at all, takes nobody else's turn."""

import contextlib
import http.client
import json
import socket
import threading
import time

import pytest
from django.conf import settings
from waitress import wasyncore

from openslot import serving, threshold, up
from openslot.api.protocol import parsers
from tests.running.processes import until

pytestmark = pytest.mark.real_clock

HEAD = b"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\n"
HALF_A_BODY = HEAD + b"Content-Length: 900\r\nContent-Type: text/plain\r\n\r\nhalf of "
SCRIPT = b"GET /static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js HTTP/1.1\r\nHost: localhost\r\n\r\n"


SLOW = {
    "silent": (60, b""),
    "half a head": (40, HEAD),
    "half a body": (40, HALF_A_BODY),
    "nothing read of the answer": (40, SCRIPT),
}


def test_slow_clients_delay_nobody(ready, serve):
    web = serve(ready)
    assert web.get("/readyz")[0] == 200
    waited = {}
    with contextlib.ExitStack() as stack:
        for kind, (many, sent) in SLOW.items():
            for _ in range(many):
                stack.enter_context(web.connect(sent))
            answers = [web.get("/readyz") for _ in range(3)]
            assert [status for status, *_ in answers] == [200, 200, 200], kind
            waited[kind] = max(seconds for *_, seconds in answers)
        begun = time.monotonic()
        assert web.end() == 0
        assert time.monotonic() - begun < up.GRACE
    assert max(waited.values()) < 3, waited


def echo(environ, start_response):
    body = environ["wsgi.input"].read()
    said = f"{environ.get('CONTENT_LENGTH')} {len(body)} {environ.get('HTTP_X_FORWARDED_FOR')}"
    path = environ["PATH_INFO"].strip("/")
    status = path if path.isdigit() else "200"
    said = said if status == "200" else ""
    start_response(f"{status} Said", [("Content-Length", str(len(said)))])
    return [said.encode()]


class InThisProcess:
    """The server of one process, its loop in a thread."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.map = {}
        self.server = serving._server(echo, self.listener, self.map, threads=2)
        self.server.counted = lambda: self.leaving
        self.leaving = self.over = False
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self):
        while not self.over:
            wasyncore.loop(timeout=0.05, use_poll=True, map=self.map, count=1)

    def connect(self):
        return socket.create_connection(self.listener.getsockname(), timeout=10)

    def connections(self):
        return list(self.server.active_channels.values())

    def end(self):
        self.over = True
        self.thread.join()
        self.server.task_dispatcher.shutdown()
        wasyncore.close_all(self.map)
        self.listener.close()


@pytest.fixture
def server():
    running = InThisProcess()
    yield running
    running.end()


def answer(connection):
    response = http.client.HTTPResponse(connection)
    response.begin()
    body = response.read()
    response.close()
    return response, body


@pytest.mark.parametrize("sent", [HEAD, HALF_A_BODY], ids=["head", "body"])
def test_a_request_that_drips_is_ended(server, monkeypatch, sent):
    assert serving.WHOLE_SECONDS + serving.LEFTOVER_SECONDS < 58
    monkeypatch.setattr(serving, "HEAD_SECONDS", 1)
    monkeypatch.setattr(serving, "WHOLE_SECONDS", 2)
    monkeypatch.setattr(serving, "LEFTOVER_SECONDS", 1)
    with server.connect() as connection:
        connection.sendall(sent)
        response, _ = answer(connection)
        assert (response.status, response.getheader("Connection")) == (408, "close")
        until(lambda: not server.connections(), "the connection to be closed")


def test_a_connection_that_was_quiet_for_two_minutes_answers(server):
    with server.connect() as connection:
        for quiet in (0, 30, 120):
            server.server.maintenance(time.time() + quiet)
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert answer(connection)[0].status == 200
            # The client has its answer a moment before the server has put the request away.
            until(lambda: all(each.is_quiet() for each in server.connections()), "quiet")
        server.server.maintenance(time.time() + serving.IDLE_SECONDS + 1)
        assert connection.recv(1) == b""


@pytest.mark.parametrize("status", ["200", "204", "304"])
def test_a_connection_serves_again_whatever_was_answered(server, status):
    with server.connect() as connection:
        for _ in range(2):
            connection.sendall(f"GET /{status} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            response, _ = answer(connection)
            assert (response.status, response.getheader("Connection")) == (int(status), None)
        connection.sendall(b"GET /204 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert answer(connection)[0].getheader("Connection") == "close"
        assert connection.recv(1) == b""


def test_a_process_that_leaves_says_so_with_its_last_answers(server):
    server.leaving = True
    with server.connect() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert answer(connection)[0].getheader("Connection") == "close"


def test_newcomers_find_room_beside_any_number_of_silent_connections(server):
    server.server.adj.connection_limit = serving.SPARE + 5
    with contextlib.ExitStack() as stack:
        silent = [stack.enter_context(server.connect()) for _ in range(20)]
        until(lambda: len(server.connections()) <= 5, "the quietest to be closed")
        assert silent[0].recv(1) == b""
        with server.connect() as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert answer(connection)[0].status == 200


def test_an_endless_body_is_answered_before_it_is_read(server):
    with server.connect() as connection:
        connection.sendall(HEAD + b"Content-Length: 300000000\r\n\r\n" + b"x" * 100_000)
        response, said = answer(connection)
        assert (said, response.getheader("Connection")) == (b"300000000 0 None", "close")
        connection.sendall(b"x" * 100_000)  # and no reset that would have lost the answer


def test_who_goes_on_sending_what_was_refused_is_cut_off(server, monkeypatch):
    monkeypatch.setattr(serving, "LEFTOVER_MAX_BYTES", 1_000_000)
    with server.connect() as connection:
        connection.sendall(HEAD + b"Content-Length: 300000000\r\n\r\n")
        with pytest.raises(OSError):
            connection.sendall(b"x" * 300_000_000)


def test_a_body_in_chunks_gets_its_length(server):
    with server.connect() as connection:
        connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
        assert answer(connection)[1] == b"5 5 None"


def test_endless_chunks_are_cut_and_told_as_too_long(server, monkeypatch):
    monkeypatch.setattr(server.server.adj, "max_request_body_size", 1000)
    with server.connect() as connection:
        connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        connection.sendall(b"400\r\n" + b"x" * 1024 + b"\r\n" * 1)
        response, said = answer(connection)
        assert int(said.split()[0]) > 1000
        assert response.getheader("Connection") == "close"


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (b"GET /?" + b"x" * 8100 + b" HTTP/1.1\r\n", 200),
        (b"GET /?" + b"x" * 8200 + b" HTTP/1.1\r\n", 414),
        (b"GET / HTTP/1.1\r\n" + b"A: " + b"x" * 66_000 + b"\r\n", 431),
    ],
    ids=["a long line", "a line too long", "too many headers"],
)
def test_lines_and_headers_have_their_limits(server, lines, status):
    with server.connect() as connection:
        connection.sendall(lines + b"Host: x\r\n\r\n")
        assert answer(connection)[0].status == status


REFUSED = {
    400: b"GET %s HTTP/1.1\r\nHost x\r\n\r\n",
    408: b"POST %s HTTP/1.1\r\nContent-Length: 9\r\n\r\nhalf",
    414: b"GET %s?" + b"x" * 8200 + b" HTTP/1.1\r\n\r\n",
    431: b"GET %s HTTP/1.1\r\nA: " + b"x" * 66_000 + b"\r\n\r\n",
    501: b"POST %s HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
}


@pytest.mark.parametrize("status", REFUSED)
def test_what_the_server_itself_refuses_is_a_problem_under_api(server, monkeypatch, status):
    monkeypatch.setattr(serving, "WHOLE_SECONDS", 1)
    for path, kind in ((b"/api/me/", "application/problem+json"), (b"/me/", "text/plain")):
        with server.connect() as connection:
            connection.sendall(REFUSED[status].replace(b"%s", path))
            response, said = answer(connection)
            assert (response.status, response.getheader("Content-Type").split(";")[0]) == (
                status,
                kind,
            )
            if path.startswith(b"/api/"):
                told = json.loads(said)
                assert (told["status"], told["code"]) == (status, serving.CODES[status])


@pytest.mark.parametrize(("path", "taken"), [(b"/me/photo/", b"1200000"), (b"/me/", b"0")])
@pytest.mark.parametrize("way", ["length", "chunks"])
def test_more_than_a_megabyte_is_taken_in_where_photos_go_alone(server, path, taken, way):
    with server.connect() as connection:
        connection.sendall(b"POST " + path + b" HTTP/1.1\r\nHost: x\r\n")
        if way == "length":
            connection.sendall(b"Content-Length: 1200000\r\n\r\n" + b"x" * 1_200_000)
            assert answer(connection)[1].split()[:2] == [b"1200000", taken]
        else:
            connection.sendall(b"Transfer-Encoding: chunked\r\n\r\n")
            connection.sendall(b"124f80\r\n" + b"x" * 1_200_000 + b"\r\n0\r\n\r\n")
            response, said = answer(connection)
            refused = taken == b"0"
            assert int(said.split()[0]) > parsers.BODY_MAX_BYTES
            assert (response.getheader("Connection") == "close") == refused


def test_the_server_and_the_application_have_the_same_limits():
    assert serving.BODY_MAX_BYTES == parsers.BODY_MAX_BYTES
    assert serving.PHOTOS == threshold.PHOTOS
    assert serving.PHOTO_MAX_BYTES > settings.PHOTO_MAX_BYTES + threshold.ENVELOPE_BYTES


@pytest.mark.parametrize(("proxies", "seen"), [("0", b"None"), ("1", b"1.2.3.4")])
def test_forwarded_headers_count_behind_a_proxy_alone(monkeypatch, proxies, seen):
    monkeypatch.setenv("TRUSTED_PROXIES", proxies)
    running = InThisProcess()
    try:
        with running.connect() as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n")
            assert answer(connection)[1].split()[-1] == seen
    finally:
        running.end()
