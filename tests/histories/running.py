"""A house that runs as it does for its operator, and ways to kill parts of it."""

from __future__ import annotations

import contextlib
import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import psycopg
import requests

from openslot import embedded
from tests.histories import standing
from tests.running.processes import ROOT, surroundings, until

FAULTS = Path(__file__).parent / "faults"
READY = 120
JOBS = """
    SELECT count(*) FROM procrastinate_jobs
    WHERE status = 'doing' OR status = 'todo' AND coalesce(scheduled_at, now()) <= now()
"""


class Running:
    """`openslot up` with its web, its worker and its PostgreSQL, in a data folder of its own."""

    def __init__(
        self,
        data: Path,
        port: int,
        *,
        fault: str = "",
        root: Path = ROOT,
        begins: float = READY,
    ) -> None:
        self.home = data / "postgres"
        self.base = f"http://127.0.0.1:{port}"
        self.log = data / "up.log"
        path = [str(FAULTS / fault)] if fault else []
        env = surroundings(
            data,
            PORT=str(port),
            RATE_LIMITS="off",
            GUEST_VERIFICATION="none",
            WEB_PROCESSES="2",
            PYTHONPATH=os.pathsep.join([*path, str(root)]),
        )
        with self.log.open("w") as log:
            self.up = subprocess.Popen(
                [sys.executable, "-m", "openslot", "up"], env=env, cwd=root, stdout=log, stderr=log
            )
        self.until_ready(seconds=begins)

    def until_ready(self, *, seconds: float = READY) -> None:
        until(self.is_ready, f"the house to be ready, see {self.log}", seconds=seconds)

    def is_ready(self) -> bool:
        assert self.up.poll() is None, self.log.read_text()[-2000:]
        try:
            return requests.get(f"{self.base}/readyz", timeout=2).status_code == 200
        except requests.RequestException:
            return False

    def end(self) -> None:
        self.up.terminate()
        self.up.wait(READY)

    # Parts of it ------------------------------------------------------------------------------

    def kill(self, what: str, choice: random.Random) -> None:
        """With SIGKILL: nobody can prepare for it."""
        for each in KILLS[what](self, choice):
            with contextlib.suppress(psutil.NoSuchProcess):
                each.kill()

    def the_web(self, _choice: random.Random) -> list[psutil.Process]:
        return self._children("web")

    def a_web_process(self, choice: random.Random) -> list[psutil.Process]:
        found = [child for web in self._children("web") for child in web.children()]
        return choice.sample(found, min(1, len(found)))

    def the_worker(self, _choice: random.Random) -> list[psutil.Process]:
        return self._children("worker")

    def a_connection(self, choice: random.Random) -> list[psutil.Process]:
        """PostgreSQL drops all of them then, and recovers."""
        with contextlib.suppress(psycopg.Error), self.reached() as connection:
            asked = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
            mine = connection.info.backend_pid
            found = [pid for (pid,) in connection.execute(asked) if pid != mine]
            return [psutil.Process(choice.choice(found))] if found else []
        return []

    def postgresql(self, _choice: random.Random) -> list[psutil.Process]:
        """All of it at once: what it had not written to its log is gone."""
        pid = embedded.postmaster(self.home)
        if pid is None:
            return []
        server = psutil.Process(pid)
        return [server, *server.children(recursive=True)]

    def _children(self, name: str) -> list[psutil.Process]:
        children = psutil.Process(self.up.pid).children()
        return [each for each in children if each.cmdline()[-1:] == [name]]

    # What stands there ------------------------------------------------------------------------

    def reached(self) -> psycopg.Connection[Any]:
        where = embedded.dsn(self.home)
        return psycopg.connect(
            host=where["HOST"],
            port=where["PORT"],
            user=where["USER"],
            dbname=where["NAME"],
            autocommit=True,
        )

    def standing(self) -> standing.Standing:
        with self.reached() as connection:
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
            found = standing.read(connection.execute, json.loads)
            connection.execute("ROLLBACK")
        return found

    def say(self, *statements: str) -> None:
        """Something that only a fault would do."""
        with self.reached() as connection:
            for each in statements:
                connection.execute(each)

    def jobs(self) -> int:
        """How many wait that are due, or are at work."""
        with self.reached() as connection:
            return int(connection.execute(JOBS).fetchone()[0])


KILLS = {
    "a web process": Running.a_web_process,
    "PostgreSQL": Running.postgresql,
    "the worker": Running.the_worker,
    "a connection": Running.a_connection,
    "the web": Running.the_web,
}
