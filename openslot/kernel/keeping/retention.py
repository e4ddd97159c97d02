"""What grows by itself, and how long a row of it is kept: one table, carried out by the worker.

docs/self-hosting.md has the same table in words; a test compares them. What has a job of its own
(jobs, counts of attempts, Idempotency-Keys) stands there too. The record of what was done with
appointments is no such thing: it is kept for good.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q

BATCH = 1000  # rows of one transaction
BATCHES = 200  # of one table in one run: what is left waits for the next


@dataclass(frozen=True)
class Rule:
    """Rows of a model whose moment lies further back than they are kept are deleted."""

    what: str  # as the documentation says it
    model: str
    moment: str
    kept: timedelta
    only: Q = field(default_factory=Q)


RULES = (
    Rule("Sessions that have expired", "sessions.Session", "expire_date", timedelta()),
    Rule(
        "Refresh tokens that have expired",
        "token_blacklist.OutstandingToken",
        "expires_at",
        timedelta(),
    ),
    Rule(
        "Entries in the list of one's sessions",
        "usersessions.UserSession",
        "last_seen_at",
        timedelta(days=365),
    ),
    Rule("Confirmations of addresses", "account.EmailConfirmation", "created", timedelta(days=30)),
    Rule("The admin's log", "admin.LogEntry", "action_time", timedelta(days=365)),
    Rule(
        "Mails and text messages that were sent or given up",
        "notifications.Delivery",
        "created_at",
        timedelta(days=180),
        Q(channel__in=["email", "sms"])
        & ~Q(state="waiting")
        & ~Q(kind="welcome"),  # which comes but once
    ),
    Rule(
        "Notices that were read",
        "notifications.Delivery",
        "read_at",
        timedelta(days=365),
        Q(channel="in_app") & ~Q(kind="welcome"),
    ),
    Rule(
        "Notices that nobody read",
        "notifications.Delivery",
        "created_at",
        timedelta(days=730),
        Q(channel="in_app", read_at=None) & ~Q(kind="welcome"),
    ),
    Rule("Reminders that were due", "notifications.Reminder", "due_at", timedelta(days=90)),
    Rule(
        "What was sent to webhooks, with its tries",
        "webhooks.Message",
        "created_at",
        timedelta(days=30),
        ~Q(state="waiting"),
    ),
    Rule("Times held that nobody booked", "appointments.Hold", "expires_at", timedelta()),
    Rule(
        "Reports of pages that were seen to",
        "accounts.Report",
        "settled_at",
        timedelta(days=90),
    ),
    Rule("Digits mailed to guests", "accounts.AddressCode", "asked_at", timedelta(days=1)),
    Rule("Ways to Google that were begun", "sync.Attempt", "created_at", timedelta(days=1)),
    Rule(
        "Answered questions of calendars",
        "sync.Issue",
        "resolved_at",
        timedelta(days=365),
    ),
)


def forget(*, now: datetime) -> int:
    """Delete what every rule lets go, in batches; how many rows. Safe to break off and repeat."""
    return sum(_forget(rule, now=now) for rule in RULES)


def _forget(rule: Rule, *, now: datetime) -> int:
    deleted = 0
    for _ in range(BATCHES):
        batch = list(_old(rule, now=now).values_list("pk", flat=True)[:BATCH])
        deleted += _rows(rule).filter(pk__in=batch).delete()[0]
        if len(batch) < BATCH:
            break
    return deleted


def _old(rule: Rule, *, now: datetime) -> models.QuerySet[Any]:
    return _rows(rule).filter(rule.only, **{f"{rule.moment}__lt": now - rule.kept})


def _rows(rule: Rule) -> models.QuerySet[Any]:
    rows: models.QuerySet[Any] = apps.get_model(rule.model)._base_manager.all()
    return rows
