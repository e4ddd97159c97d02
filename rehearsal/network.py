"""Hosts as network namespaces on one bridge; each can be cut off, some are on a wire that slows."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from rehearsal.needs import program

ROOT = Path(__file__).parents[1]
PREFIX = "openslot-"
BRIDGE = "openslot-net"
OURS = "10.99.0.1"  # of the computer itself, from which people call
HOSTS = {
    "front": "10.99.0.10",
    "db1": "10.99.0.11",
    "db2": "10.99.0.12",
    "web1": "10.99.0.21",
    "web2": "10.99.0.22",
    "worker1": "10.99.0.31",
    "worker2": "10.99.0.32",
}
WIRED = ("db1", "db2")
GRACE = 5  # seconds for what runs on a host to end


class InUse(Exception):
    """Another rehearsal runs, or one could not tidy up."""


class Network:
    def __init__(self) -> None:
        self.wires: dict[str, subprocess.Popen[str]] = {}

    def build(self) -> None:
        if left := remains():
            raise InUse(", ".join(left))
        _ip("link", "add", BRIDGE, "type", "bridge")
        _ip("address", "add", f"{OURS}/24", "dev", BRIDGE)
        _ip("link", "set", BRIDGE, "up")
        for name, address in HOSTS.items():
            self._host(name, address)

    def _host(self, name: str, address: str) -> None:
        ours, theirs = _ends(name)
        _ip("netns", "add", PREFIX + name)
        if name in WIRED:
            self.wires[name] = _wire(ours, theirs)
        else:
            _ip("link", "add", ours, "type", "veth", "peer", "name", theirs)
        _ip("link", "set", theirs, "netns", PREFIX + name)
        _ip("-n", PREFIX + name, "link", "set", "lo", "up")
        _ip("-n", PREFIX + name, "address", "add", f"{address}/24", "dev", theirs)
        _ip("-n", PREFIX + name, "link", "set", theirs, "up")
        _ip("link", "set", ours, "master", BRIDGE, "up")

    # What can become of it --------------------------------------------------------------------

    def cut(self, name: str) -> None:
        """Nothing reaches the host or comes from it, and nobody is told so."""
        _ip("link", "set", _ends(name)[0], "nomaster")

    def join(self, name: str) -> None:
        _ip("link", "set", _ends(name)[0], "master", BRIDGE)

    def slow(self, name: str, *, delay: float, loss: float) -> None:
        """So many seconds each way, and that share of what is sent is lost."""
        wire = self.wires[name].stdin
        assert wire is not None
        wire.write(f"{delay} {loss}\n")
        wire.flush()

    def end(self) -> None:
        for wire in self.wires.values():
            wire.kill()
            wire.wait()
        clean()


def inside(host: str, *command: str) -> list[str]:
    """The command, to be run on that host; its process is the one that is started."""
    return [str(program("ip")), "netns", "exec", PREFIX + host, *command]


def pids(host: str) -> list[int]:
    return [int(pid) for pid in _ip("netns", "pids", PREFIX + host).split()]


def remains() -> list[str]:
    """What a rehearsal has made, or another one before it."""
    spaces = [line.split()[0] for line in _ip("netns", "list").splitlines() if line]
    names = {PREFIX + name for name in HOSTS}
    bridge = [BRIDGE] if _exists(BRIDGE) else []
    return [each for each in spaces if each in names] + bridge


def clean() -> None:
    """End what runs on the hosts, process by process, and take all of it away."""
    left = remains()
    hosts = [each.removeprefix(PREFIX) for each in left if each != BRIDGE]
    _end([pid for host in hosts for pid in pids(host)], signal.SIGTERM)
    deadline = time.monotonic() + GRACE
    while any(map(pids, hosts)) and time.monotonic() < deadline:
        time.sleep(0.1)
    _end([pid for host in hosts for pid in pids(host)], signal.SIGKILL)
    for host in hosts:
        _ip("netns", "delete", PREFIX + host)
    for device in (*(_ends(host)[0] for host in HOSTS), BRIDGE):
        if _exists(device):  # those of a namespace go with it, only later
            _ip("link", "delete", device)


def _exists(device: str) -> bool:
    return Path(f"/sys/class/net/{device}").exists()


def _end(found: list[int], how: signal.Signals) -> None:
    for pid in found:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, how)


def _ends(name: str) -> tuple[str, str]:
    """The devices of a host: the one on the bridge, and its own."""
    return f"osl-{name}", f"osn-{name}"


def _wire(ours: str, theirs: str) -> subprocess.Popen[str]:
    made = subprocess.Popen(
        [sys.executable, "-m", "rehearsal.wire", ours, theirs],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        process_group=0,  # a ctrl-C at the terminal is not for it
    )
    assert made.stdout is not None
    if made.stdout.readline() != "ready\n":
        raise OSError(f"no wire {ours}: /dev/net/tun cannot be used here")
    return made


def _ip(*words: str) -> str:
    done = subprocess.run([str(program("ip")), *words], check=False, capture_output=True, text=True)
    if done.returncode:
        raise OSError(f"ip {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout
