"""The operators' figures as Prometheus reads them, for whoever has METRICS_TOKEN.

All of them are read from the database when they are asked for, so every process says the same.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from http import HTTPStatus
from importlib.metadata import version

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from openslot.analytics import operating
from openslot.analytics.operating import Figures


class Collected(Collector):
    """Figures under the names by which graphs and alarms know them: docs/self-hosting.md."""

    def __init__(self, figures: Figures) -> None:
        self.figures = figures

    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily("openslot", "The version", {"version": version("openslot")})
        yield from _of_jobs(self.figures)
        yield from _of_mail(self.figures)
        yield from _of_calendars(self.figures)
        yield from _of_webhooks(self.figures)
        yield _for_operators(self.figures)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """404 where there is no METRICS_TOKEN, 401 without it."""
    if not settings.METRICS_TOKEN:
        raise Http404
    if not _knows(request.headers.get("Authorization", "")):
        headers = {"WWW-Authenticate": 'Bearer realm="metrics"'}
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED, headers=headers)
    registry = CollectorRegistry()
    registry.register(Collected(operating.figures(now=timezone.now())))
    encode, kind = choose_encoder(request.headers.get("Accept", ""))
    return HttpResponse(encode(registry), content_type=kind)


def _knows(header: str) -> bool:
    scheme, _, token = header.partition(" ")
    right = hmac.compare_digest(token.strip().encode(), settings.METRICS_TOKEN.encode())
    return right and scheme.lower() == "bearer"


def _of_jobs(figures: Figures) -> Iterator[Metric]:
    yield GaugeMetricFamily("openslot_workers", "Workers at work", value=figures.workers)
    jobs = GaugeMetricFamily("openslot_jobs", "Jobs not done", labels=["queue", "status"])
    for labels, count in figures.jobs.items():
        jobs.add_metric(labels, count)
    yield jobs
    age = "How long the first job that is due has waited"
    oldest = GaugeMetricFamily("openslot_job_oldest_seconds", age, labels=["queue"])
    for queue, seconds in figures.oldest_job.items():
        oldest.add_metric([queue], seconds)
    yield oldest


def _of_mail(figures: Figures) -> Iterator[Metric]:
    mails = GaugeMetricFamily("openslot_mails", "Mails not sent", labels=["state"])
    texts = GaugeMetricFamily("openslot_texts", "Text messages not sent", labels=["state"])
    for family, unsent in ((mails, figures.mails), (texts, figures.texts)):
        for state, count in unsent.items():
            family.add_metric([state], count)
        yield family
    late = "Reminders that are due and not handed over"
    yield GaugeMetricFamily("openslot_reminders_late", late, value=figures.late_reminders)


def _of_calendars(figures: Figures) -> Iterator[Metric]:
    states = GaugeMetricFamily("openslot_calendars", "Calendars connected", labels=["state"])
    for state, count in figures.calendars.items():
        states.add_metric([state], count)
    yield states
    waiting, age = "Changes not yet in a calendar", "How long the first of them has waited"
    yield GaugeMetricFamily(
        "openslot_calendar_changes_waiting", waiting, value=figures.waiting_changes
    )
    yield GaugeMetricFamily(
        "openslot_calendar_change_oldest_seconds", age, value=figures.oldest_change
    )


def _of_webhooks(figures: Figures) -> Iterator[Metric]:
    states = GaugeMetricFamily("openslot_webhooks", "Webhooks", labels=["state"])
    for state, count in figures.webhooks.items():
        states.add_metric([state], count)
    yield states
    waiting = "Messages not yet taken by a webhook"
    yield GaugeMetricFamily(
        "openslot_webhook_messages_waiting", waiting, value=figures.waiting_messages
    )


def _for_operators(figures: Figures) -> Metric:
    text = "What waits for an operator"
    tasks = GaugeMetricFamily("openslot_for_operators", text, labels=["what"])
    for what, count in figures.for_operators.items():
        tasks.add_metric([what], count)
    return tasks
