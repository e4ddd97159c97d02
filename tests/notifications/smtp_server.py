"""An SMTP server on loopback, with moods."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections import Counter

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

PATIENCE = 60


class Server:
    """Takes every mail, unless told otherwise for an address."""

    def __init__(self):
        self.taken = []
        self.moods = {}
        self.connections = 0
        self.announces_utf8 = True
        self.hanging = threading.Event()
        self.over = threading.Event()
        self.arrived = threading.Condition()

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return [one for one in responses if self.announces_utf8 or "SMTPUTF8" not in one]

    async def handle_RCPT(self, server, session, envelope, address, options):
        mood = self.moods.get(address)
        if mood in {"450 later", "550 unknown"}:
            return f"{mood} <{address}>"
        if mood == "hang":
            self.hanging.set()
            await asyncio.get_running_loop().run_in_executor(None, self.over.wait)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        [address] = envelope.rcpt_tos
        with self.arrived:
            self.taken.append((address, bytes(envelope.content)))
            self.arrived.notify_all()
        mood = self.moods.get(address)
        if mood == "554 spam":
            self.taken.pop()
            return mood
        if mood in {"drop", "drop once"}:
            if mood == "drop once":
                del self.moods[address]
            server.transport.abort()
        return "250 OK"

    def wait_for(self, number):
        with self.arrived:
            enough = self.arrived.wait_for(lambda: len(self.taken) >= number, PATIENCE)
        assert enough, f"only {len(self.taken)} mails of {number} came"

    def wait_until_it_hangs(self):
        assert self.hanging.wait(PATIENCE), "nobody came"

    def addresses(self):
        return Counter(address for address, _ in self.taken)


class QuietController(Controller):
    def factory(self):
        return SMTP(self.handler, enable_SMTPUTF8=True)


@contextlib.contextmanager
def serving():
    """A server that serves, with its `port`."""
    found = Server()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        found.port = listener.getsockname()[1]
    controller = QuietController(found, hostname="127.0.0.1", port=found.port)
    controller.start()
    try:
        yield found
    finally:
        found.over.set()
        controller.stop()
