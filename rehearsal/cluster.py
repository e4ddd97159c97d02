"""The hosts with everything on them: brought up in order, asked how they are."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import requests

from rehearsal import network, programs
from tests.histories import running, standing

PATIENCE = 150
ASK_SECONDS = 2
LANES = 4  # of a worker
ASKED = {"Host": "book.example.org"}
DATABASES = ("db1", "db2")
ALIVE = """
    SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '30 seconds'
"""


class Cluster:
    def __init__(self, folder: Path, net: network.Network) -> None:
        self.network, self.programs = net, programs.Programs(folder)

    def start(self, say: Callable[[str], None]) -> None:
        start = self.programs.start
        say("etcd, Patroni and PostgreSQL")
        for host in ("db1", "db2", "front"):
            start(f"etcd on {host}")
        start("patroni on db1")
        until(lambda: self.leader() == "db1", "a primary")
        start("patroni on db2")
        start("haproxy")
        start("pgbouncer")
        until(self.is_whole, "a synchronous standby")
        self._make_database()
        say("OpenSlot: database, two webs, two workers")
        self.programs.once("worker1", "prepare")
        for host in ("web1", "web2", "worker1", "worker2"):
            start(host)
        until(self.is_ready, "the webs")
        until(self.works, "the workers")

    def _make_database(self) -> None:
        """What the example says; line by line, as psql would."""
        with self._reached("postgres", "postgres") as connection:
            for line in self.programs.database().splitlines():
                if not line.startswith("--"):
                    connection.execute(line.encode())

    # How it is --------------------------------------------------------------------------------

    def leader(self) -> str | None:
        return next((host for host in DATABASES if _answers(host, "/primary")), None)

    def standby(self) -> str | None:
        """The one that a commit waits for."""
        return next((host for host in DATABASES if _answers(host, "/synchronous")), None)

    def is_whole(self) -> bool:
        """A primary, and a standby that knows everything."""
        return self.leader() is not None and self.standby() is not None

    def is_ready(self) -> bool:
        """Both webs, and the way to them."""
        webs = [f"http://{network.HOSTS[host]}:{programs.PORT}" for host in ("web1", "web2")]
        return all(_is_fine(f"{base}/readyz") for base in [*webs, programs.PEOPLE])

    def works(self) -> bool:
        """Every lane of both workers has said within half a minute that it is there."""
        return self._count(ALIVE) >= 2 * LANES

    def jobs(self) -> int:
        return self._count(running.JOBS)

    def _count(self, asked: str) -> int:
        try:
            with self._reached() as connection:
                found = connection.execute(asked.encode()).fetchone()
        except psycopg.Error:
            return 0
        return int(found[0]) if found else 0

    def standing(self) -> standing.Standing:
        with self._reached() as connection:
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
            found = standing.read(lambda asked: connection.execute(asked.encode()), json.loads)
            connection.execute("ROLLBACK")
        return found

    def _reached(self, who: str = "openslot", name: str = "openslot") -> psycopg.Connection[Any]:
        return psycopg.connect(
            host=network.HOSTS["front"],
            port=5000,
            user=who,
            password=self.programs.passwords[who],
            dbname=name,
            autocommit=True,
            connect_timeout=3,
        )


def until(done: Callable[[], bool], what: str, *, seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:g} s in vain for {what}")
        time.sleep(0.2)


def _answers(host: str, path: str) -> bool:
    return _is_fine(f"http://{network.HOSTS[host]}:8008{path}")


def _is_fine(url: str) -> bool:
    try:
        return requests.get(url, headers=ASKED, timeout=ASK_SECONDS).ok
    except requests.RequestException:
        return False
