"""What runs on which host, started from the rendered files and killed by its process ids."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rehearsal import needs, network, rendering

POSTGRES = ("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups")
SECRETS = ("postgres", "replicator", "rewinder", "openslot", "secret-key", "encryption-keys")
PORT = 8000
PEOPLE = f"http://{network.HOSTS['front']}:{PORT}"
ALONE = {"PATH": f"{os.environ.get('PATH', '')}:{needs.PLACES}", "LANG": "C.UTF-8"}
# What is different from production here: no mail leaves, and people's addresses are made up.
REHEARSED = {
    "ENVIRONMENT": "development",
    "BASE_URL": PEOPLE,
    "ALLOWED_HOSTS": f"{network.HOSTS['front']},book.example.org",
    "BIND": "0.0.0.0",
    "EMAIL_URL": "",
    "STORAGE_URL": "",
    "RATE_LIMITS": "off",
    "GUEST_VERIFICATION": "none",
    "WEB_PROCESSES": "1",
}


@dataclass
class Program:
    """`user`: who it runs as, unless it is root."""

    host: str
    command: list[str]
    env: Mapping[str, str] = field(default_factory=dict)
    user: tuple[str, ...] = ()


class Programs:
    """`folder` keeps what they write, and the files that they read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.passwords = {name: secrets.token_urlsafe(40) for name in SECRETS}
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        for host in network.HOSTS:
            (folder / host).mkdir()
        self.table = {
            **{f"etcd on {host}": self._etcd(host) for host in ("db1", "db2", "front")},
            **{f"patroni on {host}": self._patroni(host) for host in ("db1", "db2")},
            "pgbouncer": self._pgbouncer(),
            "haproxy": self._haproxy(),
            **{host: self._openslot(host) for host in ("web1", "web2", "worker1", "worker2")},
        }

    def start(self, name: str) -> None:
        what = self.table[name]
        with self.log(name).open("ab") as log:
            self.running[name] = subprocess.Popen(
                network.inside(what.host, *what.user, *what.command),
                env={**ALONE, **what.env},
                cwd=network.ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def log(self, name: str) -> Path:
        return self.folder / f"{name.replace(' ', '-')}.log"

    def kill(self, name: str) -> None:
        """With SIGKILL, as everything here."""
        self.running[name].kill()
        self.running[name].wait()

    def kill_host(self, host: str) -> None:
        """Everything on it at once, as when its power is cut."""
        for pid in network.pids(host):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for name in self.of_host(host):
            self.running[name].wait()

    def start_host(self, host: str) -> None:
        for name in self.of_host(host):
            self.start(name)

    def of_host(self, host: str) -> list[str]:
        return [name for name, what in self.table.items() if what.host == host]

    def once(self, name: str, *command: str) -> None:
        """One of OpenSlot's commands, as that host would run it, until it ends."""
        what = self.table[name]
        with self.log(name).open("ab") as log:
            subprocess.run(
                network.inside(what.host, sys.executable, "-m", "openslot", *command),
                env={**ALONE, **what.env},
                cwd=network.ROOT,
                stdout=log,
                stderr=log,
                check=True,
            )

    # What each of them is ---------------------------------------------------------------------

    def _etcd(self, host: str) -> Program:
        return Program(host, ["etcd"], rendering.etcd(host, self.folder / host / "etcd"))

    def _patroni(self, host: str) -> Program:
        place, programs = self.folder / host, needs.postgresql()
        assert programs is not None
        text = rendering.patroni(host, place, programs, self.passwords)
        file = self._for_postgres(place / "patroni.yml", text)
        return Program(host, ["patroni", str(file)], {"HOME": str(place)}, POSTGRES)

    def _pgbouncer(self) -> Program:
        place = self.folder / "front"
        known = rendering.render("userlist.txt", self._secret("openslot"))
        users = self._for_postgres(place / "userlist.txt", known)
        changed = {"/etc/pgbouncer/userlist.txt": str(users)}
        file = self._for_postgres(
            place / "pgbouncer.ini", rendering.render("pgbouncer.ini", changed)
        )
        return Program("front", ["pgbouncer", str(file)], {}, POSTGRES)

    def _haproxy(self) -> Program:
        file = self.folder / "front" / "haproxy.cfg"
        file.write_text(rendering.render("haproxy.cfg", {}))
        return Program("front", ["haproxy", "-db", "-f", str(file)])

    def _openslot(self, host: str) -> Program:
        kind = host[:-1]
        text = rendering.render(
            f"{kind}.env", self._secret("openslot", "secret-key", "encryption-keys")
        )
        place = {"DATA_DIR": str(self.folder / host), "PYTHONPATH": str(network.ROOT)}
        env = rendering.variables(text) | REHEARSED | place
        return Program(host, [sys.executable, "-m", "openslot", kind], env)

    def database(self) -> str:
        return rendering.render("database.sql", self._secret("openslot"))

    def _secret(self, *names: str) -> dict[str, str]:
        return {f"change-me-{name}": self.passwords[name] for name in names}

    @staticmethod
    def _for_postgres(path: Path, text: str) -> Path:
        """A file of its own, in a folder that it may write to."""
        path.write_text(text)
        path.chmod(0o600)
        for each in (path, path.parent):
            subprocess.run(["chown", "postgres:postgres", str(each)], check=True)
        return path
