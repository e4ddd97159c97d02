"""What a rehearsal needs of the machine that it runs on, said in words where it is missing."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

PLACES = "/usr/sbin:/sbin"  # where Debian keeps what users do not run
POSTGRESQL = Path("/usr/lib/postgresql")
PROGRAMS = {
    "ip": "iproute2",
    "setpriv": "util-linux",
    "etcd": "etcd-server",
    "patroni": "patroni and python3-etcd",
    "pgbouncer": "pgbouncer",
    "haproxy": "haproxy",
}


def program(name: str) -> str | None:
    """Where it is."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:{PLACES}")


def postgresql() -> Path | None:
    """The folder with the newest server's programs."""
    found = sorted(POSTGRESQL.glob("*/bin/postgres"), key=lambda each: int(each.parts[-3]))
    return found[-1].parent if found else None


def missing() -> list[str]:
    """A line for each; nothing where a rehearsal can begin."""
    if not sys.platform.startswith("linux"):
        return ["Linux, for network namespaces"]
    said = []
    if os.geteuid():
        said.append("root, who alone may make network namespaces")
    if not Path("/dev/net/tun").exists():
        said.append("/dev/net/tun, for a network that can be slowed")
    said += [
        f"{name} (Debian: {package})" for name, package in PROGRAMS.items() if not program(name)
    ]
    if not postgresql():
        said.append("PostgreSQL's server (Debian: postgresql-15, or a newer one)")
    return said
