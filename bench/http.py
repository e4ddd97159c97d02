"""Over HTTP, as shipped: free times and bookings a second, beside an empty answer and pgbench.

    python -m bench.http [--seconds 5] [--appointments 20000] [--only slots|bookings|pages|domain]
    python -m bench.http --appointments 2000000

Seven minutes, and some more for two million appointments. Needs `wrk` on the PATH. Everything is
on one computer: the load, the web, the database. Limits on how often anybody may ask are off; all
else is as it comes.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import NamedTuple

import django
import psutil

from bench import spending
from bench.serving import memory, served
from openslot import embedded

EMPTY = """
def application(_environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]
"""
# Requests from a file, each once: the connections take them in turns.
SCRIPT = """
local asked, at, statuses = {}, 0, {}
for line in io.lines(os.getenv("REQUESTS")) do asked[#asked + 1] = line end
function request()
  at = at % #asked + 1
  local method, path, token, body = asked[at]:match("^(%S+)\\t(%S+)\\t(%S*)\\t(.*)$")
  local headers = {["Content-Type"] = "application/json"}
  if token ~= "" then headers["Authorization"] = "Bearer " .. token end
  if token:find("sessionid") then headers = {["Cookie"] = token} end
  return wrk.format(method, path, headers, body)
end
"""
BUSY = 8  # providers who are booked around the clock
DAYS = 1000


class Call(NamedTuple):
    method: str
    path: str
    token: str = ""
    body: str = ""


def main() -> None:
    parser = argparse.ArgumentParser("bench.http", description=__doc__)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--appointments", type=int, default=20_000)
    parser.add_argument("--providers", type=int, default=1000)
    parser.add_argument("--only", choices=["slots", "pages", "bookings", "domain"])
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openslot.settings")
    with tempfile.TemporaryDirectory(prefix="openslot-bench-") as folder:
        Path(folder).chmod(0o711)  # the server's user passes through
        (Path(folder) / "empty.py").write_text(EMPTY)
        os.environ |= {"DATA_DIR": folder, "RATE_LIMITS": "off", "REQUESTS": f"{folder}/requests"}
        os.environ["PYTHONPATH"] = f"{folder}:{Path.cwd()}"
        (Path(folder) / "script.lua").write_text(SCRIPT)
        with embedded.using(Path(folder) / "postgres"):
            django.setup()
            _measure(Path(folder), options)


def _measure(folder: Path, options: argparse.Namespace) -> None:
    from bench import domain, fill  # noqa: PLC0415  (they want Django)

    fill.base(providers=options.providers)
    fill.past(upto=options.appointments)
    fill.busy(BUSY)
    with served("empty") as (port, _):
        empty = _rate(port, folder, [Call("GET", "/")], options)
        _say("an empty answer (gunicorn, 2 sync workers)", empty, empty)
    _say("pgbench, 8 clients, its own transactions (tpcb-like)", _pgbench(options.seconds), empty)
    with served("openslot web") as (port, pid):
        if options.only in {None, "slots"}:
            _earliest(port)
            _slots(port, folder, options, empty)
        if options.only in {None, "pages"}:
            _pages(port, folder, options, empty)
        if options.only in {None, "bookings"}:
            _bookings(port, pid, folder, options, empty)
        _memory(pid)
    if options.only in {None, "domain"}:
        sys.stdout.write(domain.everything())


def _memory(pid: int) -> None:
    """Of each process; what they share counts once."""
    sys.stdout.write(f"memory of the web, all of it: {memory(pid):.0f} MB\n")
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    for each in family:
        sys.stdout.write(f"  process {each.pid}: {each.memory_full_info().pss / 1e6:.0f} MB\n")


def _earliest(port: int) -> None:
    """The first answer of a process, and the next ones: a connection stays with its process."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    for name in ("at first ask", "at second ask", "at third ask"):
        started = time.perf_counter()
        connection.request("GET", "/api/availability/earliest/?limit=10")
        connection.getresponse().read()
        took = (time.perf_counter() - started) * 1000
        sys.stdout.write(f"| earliest of all providers, {name} | {took:.0f} ms | |\n")
    connection.close()


def _slots(port: int, folder: Path, options: argparse.Namespace, empty: float) -> None:
    first = datetime.now(UTC).date() + timedelta(days=1)
    for name, days in (("a day", 1), ("a week", 7), ("a month", 31)):
        last = first + timedelta(days=days - 1)
        calls = [
            Call(
                "GET",
                f"/api/providers/provider-{n}/availability/?service={_md5(f'service{n}')}"
                f"&start={first}&end={last}",
            )
            for n in range(1, 101)
        ]
        for connections in (1, 8):
            rate = _rate(port, folder, calls, options, connections=connections)
            _say(f"slots of {name}, {connections} connections", rate, empty)
    calls = [Call("GET", "/api/availability/earliest/?limit=10")]
    _say("earliest of all providers, 1 connection", _rate(port, folder, calls, options, 1), empty)
    _say("/healthz", _rate(port, folder, [Call("GET", "/healthz")], options), empty)


def _pages(port: int, folder: Path, options: argparse.Namespace, empty: float) -> None:
    customer = _tokens(1, offset=options.providers + 1)[0]
    provider = _tokens(1, offset=1)[0]
    signed_in = {
        each: _session(options.providers + 1 if each == "a customer" else 1)
        for each in ("a customer", "a provider")
    }
    for name, call in {
        "home": Call("GET", "/"),
        "find": Call("GET", "/find/"),
        "find, soonest first": Call("GET", "/find/?sort=soonest"),
        "a provider's page": Call("GET", "/p/provider-1/"),
        "a customer's appointments": Call("GET", "/api/appointments/", customer),
        "a provider's appointments": Call("GET", "/api/appointments/?as=provider", provider),
        "home of a customer": Call("GET", "/", signed_in["a customer"]),
        "appointments, the page of a customer": Call(
            "GET", "/appointments/", signed_in["a customer"]
        ),
        "appointments, the page of a provider": Call(
            "GET", "/provider/appointments/", signed_in["a provider"]
        ),
        "the agenda": Call("GET", "/provider/agenda/", signed_in["a provider"]),
        "analytics": Call("GET", "/provider/analytics/", signed_in["a provider"]),
    }.items():
        for connections in (1, 8):
            rate = _rate(port, folder, [call], options, connections=connections)
            _say(f"{name}, {connections} connections", rate, empty)


def _bookings(port: int, pid: int, folder: Path, options: argparse.Namespace, empty: float) -> None:
    tokens = _tokens(200, offset=options.providers + 1)
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
    for name, providers, worker in (
        ("at eight providers, worker held", BUSY, False),
        ("at one provider, worker held", 1, False),
        ("at eight providers, everything running", BUSY, True),
    ):
        calls = [
            Call(
                "POST",
                "/api/appointments/",
                tokens[n % len(tokens)],
                json.dumps(
                    {
                        "service": _md5(f"busyservice{1 + n % providers}"),
                        "start": f"{start + timedelta(minutes=15 * n):%Y-%m-%dT%H:%M:%SZ}",
                    }
                ),
            )
            for n in range(options.seconds * 400)
        ]
        start += timedelta(minutes=15 * len(calls))
        processes = {"web": pid, "database": embedded.postmaster(folder / "postgres") or pid}
        with _worker() if worker else contextlib.nullcontext():
            before = _count()
            spent = spending.seconds(processes)
            _rate(port, folder, calls, argparse.Namespace(rounds=1, seconds=options.seconds))
            booked = _count() - before
            spent = {
                each: (now - spent[each]) * 1000 / booked
                for each, now in spending.seconds(processes).items()
            }
        _say(f"bookings {name}", booked / options.seconds, empty)
        if worker:  # which works off what was booked before, too
            continue
        parts = ", ".join(f"{each} {ms:.1f}" for each, ms in spent.items())
        sys.stdout.write(f"| processor time of each of these: ms | {parts} | |\n")


def _count() -> int:
    from openslot.appointments.models import Appointment  # noqa: PLC0415

    return Appointment.objects.count()


@contextlib.contextmanager
def _worker() -> Iterator[None]:
    process = subprocess.Popen([sys.executable, "-m", "openslot", "worker"])
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _tokens(count: int, *, offset: int) -> list[str]:
    from rest_framework_simplejwt.tokens import AccessToken  # noqa: PLC0415

    from openslot.accounts.models import User  # noqa: PLC0415

    users = User.objects.filter(pk__in=[_md5(f"user{offset + n}") for n in range(count)])
    return [str(AccessToken.for_user(user)) for user in users]


def _session(number: int) -> str:
    """The cookie of somebody who is signed in."""
    from django.conf import settings  # noqa: PLC0415

    from openslot.accounts.models import User  # noqa: PLC0415

    user = User.objects.get(pk=_md5(f"user{number}"))
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session["_auth_user_id"] = str(user.pk)
    session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def _md5(text: str) -> str:
    from hashlib import md5  # noqa: PLC0415
    from uuid import UUID  # noqa: PLC0415

    return str(UUID(md5(text.encode(), usedforsecurity=False).hexdigest()))


def _rate(
    port: int,
    folder: Path,
    calls: Sequence[Call],
    options: argparse.Namespace,
    connections: int = 8,
) -> float:
    Path(os.environ["REQUESTS"]).write_text("\n".join("\t".join(call) for call in calls))
    rates = []
    for _ in range(options.rounds):
        done = subprocess.run(
            [
                "wrk",
                "-t1",
                f"-c{connections}",
                f"-d{options.seconds}s",
                "--timeout",
                "10s",
                "-s",
                str(folder / "script.lua"),
                f"http://127.0.0.1:{port}",
            ],
            check=True,
            capture_output=True,
            text=True,
        )
        if "Non-2xx" in done.stdout:
            sys.stdout.write(done.stdout)
        rates.append(float(re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)[1]))  # type: ignore[index]
    return median(rates)


def _pgbench(seconds: int) -> float:
    from django.db import connection  # noqa: PLC0415

    from openslot.embedded import binaries  # noqa: PLC0415

    program = binaries.bindir() / "pgbench"
    if not program.exists():
        return float("nan")
    known = connection.settings_dict
    os.environ |= {"PGPASSWORD": known["PASSWORD"], "PGHOST": known["HOST"]}
    os.environ |= {"PGPORT": str(known["PORT"]), "PGUSER": known["USER"]}
    url = known["NAME"]
    subprocess.run([program, "-i", "-q", url], check=True, capture_output=True)
    done = subprocess.run(
        [program, "-c", "8", "-T", str(seconds), url], check=True, capture_output=True, text=True
    )
    return float(re.search(r"tps = ([\d.]+)", done.stdout)[1])  # type: ignore[index]


def _say(name: str, rate: float, empty: float) -> None:
    sys.stdout.write(f"| {name} | {rate:.0f}/s | 1/{empty / rate:.1f} |\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
