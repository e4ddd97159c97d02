"""The web server: gunicorn keeps the processes, waitress in each of them takes requests in whole.

A request gets a thread once all of it has come, and its answer leaves without one: whoever sends or
reads slowly, or not at all, costs a socket and some memory, and no turn of anybody else's.
Why, and what was measured: docs/adr/0011 and 0017.
"""

from __future__ import annotations

import json
import logging
import os
import resource
import socket
import time
from collections.abc import Callable, Iterable
from typing import Any

from gunicorn.workers import base
from waitress import adjustments, channel, parser, server, task, utilities, wasyncore

from openslot import variables

HEAD_SECONDS = 15  # for the head of a request to arrive, from its first byte
WHOLE_SECONDS = 45  # for all of it
IDLE_SECONDS = 130  # a quiet connection is kept: longer than the pools of proxies and clients do
LINE_MAX_BYTES = 8190  # a cursor may name two hundred letters
HEAD_MAX_BYTES = 65_536
PHOTO_MAX_BYTES = 5_100_000  # a photo and its form; the application's own limits lie below
BODY_MAX_BYTES = 1_000_000  # of anything else: more is refused before it is taken in
PHOTOS = "/photo/"  # how the addresses end to which pictures are sent
MACHINES = b"/api/"
CONNECTIONS = 500  # of one process
SPARE = 50  # connections kept free for newcomers: the quietest others are closed
SPARE_FILES = 150  # descriptors for everything that is no connection
LEFTOVER_MAX_BYTES = 20_000_000  # taken in and dropped, so that a refusal reaches its sender
LEFTOVER_SECONDS = 5
LINGER_SECONDS = 1  # at the end, for requests that are on their way
UNFINISHED_SECONDS = 5  # and for those of which a part has come

Application = Callable[..., Iterable[bytes]]


CODES = {
    400: "bad_request",
    408: "request_timeout",
    414: "uri_too_long",
    431: "headers_too_large",
    501: "not_implemented",
}


class TooSlow(utilities.BadRequest):  # type: ignore[misc]
    code = 408
    reason = "Request Timeout"


class LineTooLong(utilities.BadRequest):  # type: ignore[misc]
    code = 414
    reason = "URI Too Long"


class Request(parser.HTTPRequestParser):  # type: ignore[misc]
    """A request as it arrives. One that is too large goes on at once, without its body."""

    oversized = False
    start = b""  # of its first line, known even where the head is refused
    path = ""
    error: utilities.Error | None
    completed: bool
    content_length: int

    def __init__(self, adj: adjustments.Adjustments) -> None:
        super().__init__(adj)
        self.since = time.monotonic()

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        if self.content_length > self.most():
            self.oversized, self.body_rcv, self.content_length = True, None, 0
        if self.body_rcv is None:
            self.expect_continue = False

    def received(self, data: bytes) -> int:
        if not self.headers_finished:
            self.start = (self.header_plus + data[: LINE_MAX_BYTES + 2]).lstrip()
        consumed: int = super().received(data)
        if self.completed and len(self.start.partition(b"\r\n")[0]) > LINE_MAX_BYTES:
            self.error = LineTooLong("The request line is too long.")
        cut = isinstance(self.error, utilities.RequestEntityTooLarge)
        if cut or self.body_bytes_received > self.most():  # it came in chunks
            self.oversized, self.completed, self.error = True, True, None
            self.headers["CONTENT_LENGTH"] = str(self.body_bytes_received)
        return len(data) if self.oversized else consumed

    def most(self) -> int:
        """The bytes that its body may have, to be taken in at all."""
        return PHOTO_MAX_BYTES if self.path.endswith(PHOTOS) else BODY_MAX_BYTES

    def is_of_a_machine(self) -> bool:
        return self.start.partition(b" ")[2].startswith(MACHINES)

    def is_late(self, now: float) -> bool:
        return now - self.since > (WHOLE_SECONDS if self.headers_finished else HEAD_SECONDS)


class Task(task.WSGITask):  # type: ignore[misc]
    """One answer of the application."""

    close_on_finish: bool

    def start(self) -> None:
        super().start()
        if self.request.oversized or self.channel.server.counted():
            self.set_close_on_finish()

    def build_response_header(self) -> bytes:
        # waitress would end the connection after an answer that has no body (204, 304).
        if not self.has_body and not self.close_on_finish and self.version == "1.1":
            self.close_on_finish = True
            head: bytes = super().build_response_header()
            self.close_on_finish = self.request.connection_close
            return head
        return super().build_response_header()  # type: ignore[no-any-return]


class Refusal(task.ErrorTask):  # type: ignore[misc]
    """What the server itself refuses: problem details under /api/, a line of text elsewhere."""

    def execute(self) -> None:
        error = self.request.error
        if not self.request.is_of_a_machine():
            super().execute()
            return
        said = {
            "type": "about:blank",
            "title": error.reason,
            "status": error.code,
            "detail": error.body,
            "code": CODES.get(error.code, "server_error"),
            "errors": {},
        }
        self.status = f"{error.code} {error.reason}"
        self.response_headers.append(("Content-Type", "application/problem+json"))
        self.set_close_on_finish()
        body = json.dumps(said).encode()
        self.content_length = len(body)
        self.write(body)


class Connection(channel.HTTPChannel):  # type: ignore[misc]
    task_class = Task
    error_task_class = Refusal
    parser_class = Request
    will_close: bool
    close_when_flushed: bool
    request: Request | None
    deaf = False  # what still comes belongs to a body that was refused
    leaving: float | None = None  # since when the rest of it is taken in and dropped
    dropped = 0

    def readable(self) -> bool:
        return bool(self.leaving is not None or super().readable())

    def received(self, data: bytes) -> bool:
        if self.deaf:
            self.dropped += len(data)
            self.will_close = self.will_close or self.dropped > LEFTOVER_MAX_BYTES
            return False
        went_on: bool = super().received(data)
        self.deaf = any(request.oversized for request in self.requests)
        return went_on

    def handle_write(self) -> None:
        """Flush. After a refusal close in two steps: at once, the answer would be lost."""
        if self.deaf and self.close_when_flushed and not self.total_outbufs_len:
            self.close_when_flushed, self.leaving = False, time.monotonic()
            try:
                self.socket.shutdown(socket.SHUT_WR)
            except OSError:
                self.will_close = True
        super().handle_write()

    def is_answering(self) -> bool:
        return bool(self.requests or self.total_outbufs_len)

    def is_quiet(self) -> bool:
        """Nothing is asked here, and nothing being answered."""
        return not (self.is_answering() or self.request or self.will_close)

    def review(self, now: float) -> None:
        """End what has taken too long."""
        if self.leaving is not None:
            self.will_close = self.will_close or now - self.leaving > LEFTOVER_SECONDS
        elif self.request is not None and self.request.is_late(now) and not self.requests:
            self._refuse(self.request)

    def _refuse(self, late: Request) -> None:
        with self.requests_lock:
            self.request, self.deaf = None, True
            late.error = TooSlow("The request took too long to arrive.")
            self.requests.append(late)
            self.server.add_task(self)


class Server(server.TcpWSGIServer):  # type: ignore[misc]
    channel_class = Connection
    counted: Callable[[], bool]  # counts an answer; whether its connection is to be closed

    def maintenance(self, now: float) -> None:
        super().maintenance(now)
        tick = time.monotonic()
        for each in list(self.active_channels.values()):
            each.review(tick)
        self._make_room()

    def _make_room(self) -> None:
        surplus = len(self.active_channels) - (self.adj.connection_limit - SPARE)
        if surplus > 0:
            quiet = [each for each in self.active_channels.values() if each.is_quiet()]
            for each in sorted(quiet, key=lambda one: one.last_activity)[:surplus]:
                each.will_close = True

    def stop_listening(self) -> None:
        self.accepting = False
        self.del_channel()
        self.socket.close()


class Worker(base.Worker):  # type: ignore[misc]
    """What gunicorn runs in each process (`--worker-class`)."""

    server: Server | None = None

    def run(self) -> None:
        logging.getLogger("waitress").setLevel(logging.ERROR)
        self.map: dict[int, Any] = {}
        listener = self.sockets[0].sock
        self.server = _server(self.wsgi, listener, self.map, threads=self.cfg.threads)
        self.server.counted = self._counted
        while self.alive and os.getppid() == self.ppid:
            self._turn()
        self._end(self.server)

    def handle_exit(self, sig: int, frame: object) -> None:
        super().handle_exit(sig, frame)
        if self.server:
            self.server.pull_trigger()

    def _turn(self) -> None:
        self.notify()
        wasyncore.loop(timeout=1, use_poll=True, map=self.map, count=1)

    def _end(self, server: Server) -> None:
        """Take nothing new, and answer what has come, or is on its way."""
        server.stop_listening()
        begun = time.monotonic()
        while server.active_channels and time.monotonic() < begun + self.cfg.graceful_timeout:
            waited = time.monotonic() - begun
            for each in server.active_channels.values():
                idle = each.is_quiet() and waited > LINGER_SECONDS
                late = not each.is_answering() and waited > UNFINISHED_SECONDS
                each.will_close = each.will_close or idle or late
            server.maintenance(time.time())
            self._turn()
        server.task_dispatcher.shutdown(timeout=LINGER_SECONDS)

    def _counted(self) -> bool:
        """Count an answer; whether this process is about to end, and the connection with it."""
        self.nr += 1
        if self.nr >= self.max_requests:
            self.alive = False
        return not self.alive


def _server(app: Application, sock: socket.socket, map_: dict[int, Any], *, threads: int) -> Server:
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = CONNECTIONS if files < 0 else max(SPARE * 2, min(CONNECTIONS, files - SPARE_FILES))
    adj = adjustments.Adjustments(
        threads=threads,
        ident=None,
        connection_limit=limit,
        channel_timeout=IDLE_SECONDS,
        cleanup_interval=1,
        max_request_header_size=HEAD_MAX_BYTES,
        max_request_body_size=PHOTO_MAX_BYTES + 1,
        asyncore_use_poll=True,
        log_socket_errors=False,
        # Without a proxy nothing that calls itself forwarded reaches the application.
        clear_untrusted_proxy_headers=not variables.number("TRUSTED_PROXIES"),
    )
    where = (sock.family, sock.type, sock.proto, sock.getsockname())
    return Server(app, map_, True, sock, adj=adj, bind_socket=False, sockinfo=where)
