"""Another program: an HTTP server on loopback that is told of appointments, and does as it is told."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

HANG, RESET, DRIP, GARBAGE = "hang", "reset", "drip", "garbage"


class Heard(NamedTuple):
    path: str
    headers: dict[str, str]
    body: str

    @property
    def id(self):
        return self.headers["webhook-id"]

    @property
    def said(self):
        return json.loads(self.body)

    @property
    def type(self):
        return self.said["type"]

    @property
    def appointment(self):
        return self.said["data"]["appointment"]


class Receiver:
    """`answers` are given one after the other, then `then`: a status, or how it fails.

    `taken` is what it took (2xx), `heard` whatever came, in order.
    """

    def __init__(self):
        self.answers, self.then = [], 200
        self.heard: list[Heard] = []
        self.taken: list[Heard] = []
        self.location = ""
        self.enough = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                outer.take(self)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/hook"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    def take(self, call):
        body = call.rfile.read(int(call.headers["Content-Length"])).decode()
        headers = {name.lower(): value for name, value in call.headers.items()}
        heard = Heard(call.path, headers, body)
        self.heard.append(heard)
        answer = self.answers.pop(0) if self.answers else self.then
        call.close_connection = True
        if isinstance(answer, int):
            if answer in range(200, 300):
                self.taken.append(heard)
            call.send_response(answer)
            if self.location:
                call.send_header("Location", self.location)
            call.end_headers()
        else:
            getattr(self, answer)(call)

    def hang(self, call):
        self.enough.wait(30)

    def reset(self, call):
        linger = struct.pack("ii", 1, 0)
        call.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        call.connection.close()

    def drip(self, call):
        """A byte now and then, so that no pause is ever long."""
        for letter in "HTTP/1.1 200 OK\r\nX-Slow: " + "a" * 10_000:
            try:
                call.connection.sendall(letter.encode())
            except OSError:
                return
            if self.enough.wait(0.02):
                return

    def garbage(self, call):
        call.connection.sendall(b"\x00 this is no HTTP \r\n\r\n")

    def stop(self):
        self.enough.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def signed_by_hand(secret, heard):
    """The signature as the specification spells it out, without the library."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{heard.id}.{heard.headers['webhook-timestamp']}.{heard.body}"
    digest = hmac.new(key, content.encode(), hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()
