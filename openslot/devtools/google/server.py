"""The HTTP server: finds who answers, commits faults, keeps the record."""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from openslot.devtools.google.faults import Call, Fault, Faults

LARGEST = 4_000_000


@dataclass
class Answer:
    status: int
    body: bytes = b""
    kind: str = "application/json; charset=UTF-8"
    headers: dict[str, str] = field(default_factory=dict)
    shown: Any = None  # for the record

    @classmethod
    def of(cls, status: int, body: Any, **headers: str) -> Answer:
        text = json.dumps(body, indent=1).encode() if body is not None else b""
        return cls(status, text, headers=headers, shown=body)

    @classmethod
    def page(cls, html: str, status: int = 200) -> Answer:
        return cls(status, html.encode(), "text/html; charset=utf-8")

    @classmethod
    def redirect(cls, to: str) -> Answer:
        return cls(303, headers={"Location": to})


Site = Callable[[Call, str], Answer]  # the call and its raw query string


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, *, site: Site, named: Callable[[str, str], str]) -> None:
        self.site = site
        self.named = named  # what the record calls a verb and a path
        self.faults = Faults()
        self.calls: list[Call] = []
        super().__init__(("127.0.0.1", port), Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Callers may hang up: they are being tested."""


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body in one packet

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        raw = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), LARGEST))
        call = Call(
            id=self.server.named(self.command, parts.path),
            verb=self.command,
            path=parts.path,
            query=parse_qs(parts.query, keep_blank_values=True),
            headers=dict(self.headers.items()),
            body=_read(raw, self.headers.get_content_type()),
        )
        self.server.calls.append(call)
        fault = self.server.faults.next(call.id) or Fault(call.id)
        time.sleep(fault.delay)
        if fault.drop == "before":
            self._reset()
            return
        answer = self._faulty(fault) or self.server.site(call, parts.query)
        call.answer = answer.shown
        if fault.drop == "after":
            self._reset()
            return
        call.status = answer.status
        self._send(answer, cut=fault.cut)

    def _faulty(self, fault: Fault) -> Answer | None:
        if fault.body is not None:
            return Answer(fault.status or 200, fault.body, headers=fault.headers)
        refused = fault.refusal()
        return Answer.of(refused.status, refused.body(), **refused.headers) if refused else None

    def _send(self, answer: Answer, *, cut: bool) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.body:
            self.send_header("Content-Type", answer.kind)
        if answer.status != HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Cache-Control", answer.headers.get("Cache-Control", "no-store"))
        self.end_headers()
        if cut:
            self.wfile.write(answer.body[: len(answer.body) // 2])
            self.wfile.flush()
            self._hang_up()
        elif self.command != "HEAD":
            self.wfile.write(answer.body)

    def _reset(self) -> None:
        """RST instead of FIN, as a network that fails would have it."""
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True
        self.connection.close()

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    do_GET = _serve  # noqa: N815
    do_POST = _serve  # noqa: N815
    do_PUT = _serve  # noqa: N815
    do_PATCH = _serve  # noqa: N815
    do_DELETE = _serve  # noqa: N815
    do_HEAD = _serve  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing: addresses and tokens would stand in it."""


def _read(raw: bytes, kind: str) -> Any:
    """JSON, or a form as a dict; what cannot be read stays as it came."""
    if kind == "application/x-www-form-urlencoded":
        return dict(parse_qs(raw.decode(), keep_blank_values=True))
    if not raw:
        return None
    try:
        return json.loads(raw)
    except ValueError:
        return raw
