"""Speed and memory of the web server beside gunicorn's own worker, asked in turns in one run.

    python -m bench.serving [--rounds 3] [--seconds 4]

Needs `wrk` on the PATH. Makes the example town in a folder of its own.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import psutil

from openslot import embedded

PATHS = ("/healthz", "/find/", "/static/favicon.svg")
GTHREAD = "--worker-class=gthread --workers=2 --threads=8 --preload --no-control-socket"
SERVERS = {
    "gunicorn, gthread": ["gunicorn.app.wsgiapp", *GTHREAD.split(), "--log-level=warning"],
    "openslot web": ["openslot", "web"],
    "empty": ["gunicorn.app.wsgiapp", "--workers=2", "--log-level=warning", "empty:application"],
}


def main() -> None:
    parser = argparse.ArgumentParser("bench.serving", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--idle", type=int, default=0, help="silent connections held meanwhile")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="openslot-bench-") as folder:
        Path(folder).chmod(0o711)  # the server's user passes through
        os.environ |= {"DATA_DIR": folder, "WEB_PROCESSES": "2", "WEB_THREADS": "8"}
        os.environ |= {"DATABASE_POOL": "8", "RATE_LIMITS": "off"}
        with embedded.using(Path(folder) / "postgres"), contextlib.ExitStack() as stack:
            subprocess.run([sys.executable, "-m", "openslot", "prepare", "--demo"], check=True)
            compared = ("gunicorn, gthread", "openslot web")
            ports = {name: stack.enter_context(served(name)) for name in compared}
            _measure(ports, options)


def _measure(ports: dict[str, tuple[int, int]], options: argparse.Namespace) -> None:
    found: dict[tuple[str, str], list[float]] = {}
    with contextlib.ExitStack() as stack:
        for port, _ in ports.values():
            for _ in range(options.idle):
                stack.enter_context(socket.create_connection(("127.0.0.1", port)))
        for _ in range(options.rounds):
            for path in PATHS:
                for name, (port, _) in ports.items():
                    asked = _asked(f"http://127.0.0.1:{port}{path}", options.seconds)
                    found.setdefault((path, name), []).append(asked)
    for (path, name), values in found.items():
        sys.stdout.write(f"{path:22} {name:20} {median(values):8.0f}/s {values}\n")
    for name, (_, pid) in ports.items():
        sys.stdout.write(f"memory of {name}: {memory(pid):.0f} MB\n")


@contextlib.contextmanager
def served(name: str) -> Iterator[tuple[int, int]]:
    """One of the SERVERS on a port of its own; the port and the process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    module, *args = SERVERS[name]
    if module != "openslot":
        wsgi = [] if name == "empty" else ["openslot.wsgi:application"]
        args = [f"--bind=127.0.0.1:{port}", *args, *wsgi]
    process = subprocess.Popen(
        [sys.executable, "-m", module, *args], env={**os.environ, "PORT": str(port)}
    )
    try:
        _wait(port)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def _wait(port: int) -> None:
    for _ in range(600):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.1)
    raise TimeoutError(port)


def _asked(url: str, seconds: int) -> float:
    done = subprocess.run(
        ["wrk", "-t1", "-c8", f"-d{seconds}s", url], check=True, capture_output=True, text=True
    )
    if "Non-2xx" in done.stdout:
        sys.stderr.write(done.stdout)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)[1])  # type: ignore[index]


def memory(pid: int) -> float:
    """Proportional: what processes share counts once."""
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    return sum(each.memory_full_info().pss for each in family) / 1e6


if __name__ == "__main__":
    main()
