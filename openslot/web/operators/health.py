"""How the installation stands, for operators: the figures of /metrics in words, worst first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from importlib.metadata import version
from typing import NamedTuple

from django.urls import reverse
from django.utils import timezone

from openslot.analytics import operating
from openslot.analytics.operating import Figures
from openslot.sync.models import RUNNING, State

LONG = {"default": 300, "mail": 300, "google": 1800, "webhooks": 3600}  # seconds a job may wait


SENT = {"waiting": "to be sent", "failed": "given up"}


class Line(NamedTuple):
    """One thing: what it is, how it stands, whether somebody should look, and where."""

    what: str
    words: str
    bad: bool = False
    href: str = ""


class Part(NamedTuple):
    title: str
    lines: list[Line]

    @property
    def bad(self) -> bool:
        return any(line.bad for line in self.lines)


class Health(NamedTuple):
    parts: list[Part]
    version: str

    @property
    def bad(self) -> int:
        return sum(line.bad for part in self.parts for line in part.lines)


def health() -> Health:
    figures = operating.figures(now=timezone.now())
    parts = [
        Part("For you", list(_for_operators(figures))),
        Part("Jobs", list(_jobs(figures))),
        Part("Mail", list(_mail(figures))),
        Part("Calendars at Google", list(_calendars(figures))),
        Part("Webhooks", list(_webhooks(figures))),
    ]
    return Health(parts, version("openslot"))


def _for_operators(figures: Figures) -> Iterator[Line]:
    waiting = reverse("admin:accounts_provider_changelist") + "?listing__exact=waiting"
    reports = reverse("admin:accounts_report_changelist") + "?settled_at__isempty=1"
    tasks = figures.for_operators
    yield Line("Providers", _many(tasks["approval"], "wait for your approval"), False, waiting)
    yield Line("Reports", _many(tasks["report"], "open"), tasks["report"] > 0, reports)


def _jobs(figures: Figures) -> Iterator[Line]:
    jobs = reverse("admin:procrastinate_procrastinatejob_changelist")
    if figures.workers:
        yield Line("Worker", f"alive, with {figures.workers} lanes")
    else:
        yield Line("Worker", "none is alive: no mail leaves. Start openslot worker", True)
    for queue, seconds in figures.oldest_job.items():
        waiting, failed = figures.jobs[queue, "todo"], figures.jobs[queue, "failed"]
        words = f"{_many(waiting, 'wait')}, {_many(failed, 'failed')}"
        if seconds > 1:
            words += f"; the first that is due has waited {_lasting(seconds)}"
        bad = failed > 0 or seconds > LONG.get(queue, LONG["default"])
        yield Line(f"Lane {queue}", words, bad, f"{jobs}?queue_name={queue}")


def _mail(figures: Figures) -> Iterator[Line]:
    for state, count in figures.mails.items():
        yield Line(f"Mails {state}", _many(count, SENT[state]), state == "failed" and count > 0)
    for state, count in figures.texts.items():
        bad = state == "failed" and count > 0
        yield Line(f"Text messages {state}", _many(count, SENT[state]), bad)
    late = figures.late_reminders
    yield Line("Reminders", _many(late, "due and not handed over"), late > 0)


def _calendars(figures: Figures) -> Iterator[Line]:
    connections = reverse("admin:sync_connection_changelist")
    for state, count in figures.calendars.items():
        bad = state not in RUNNING and count > 0
        href = f"{connections}?state__exact={state}"
        yield Line(str(State(state).label), _many(count, "people"), bad, href)
    waiting = figures.waiting_changes
    words = _many(waiting, "wait")
    if waiting:
        words += f", the first for {_lasting(figures.oldest_change)}"
    yield Line("Changes", words, figures.oldest_change > LONG["google"], connections)


def _webhooks(figures: Figures) -> Iterator[Line]:
    yield Line("Answering", _many(figures.webhooks["answering"], "webhooks"))
    failing, off = figures.webhooks["failing"], figures.webhooks["off"]
    yield Line("Not answering", _many(failing, "webhooks"), failing > 0)
    yield Line("Switched off by themselves", _many(off, "webhooks"))
    yield Line("Messages", _many(figures.waiting_messages, "wait"))


def _many(count: int, what: str) -> str:
    return f"{count or 'none'} {what}"


def _lasting(seconds: float) -> str:
    """A length of time as people say it, in whole seconds."""
    return str(timedelta(seconds=round(seconds)))
