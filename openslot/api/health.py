"""What a load balancer asks: is the process up, and can it work?"""

from __future__ import annotations

from functools import cache

import django.db
import psycopg
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

PATIENCE_SECONDS = 0.4  # for a connection; its answer has as long again
Migration = tuple[str, str]


@require_safe
@never_cache
def healthz(_request: HttpRequest) -> HttpResponse:
    """The process is up. Asks nobody else."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(_request: HttpRequest) -> HttpResponse:
    """The database is there and has every migration; 503 otherwise, with the reason."""
    reason = missing()
    if reason:
        return JsonResponse({"status": "unavailable", "detail": reason}, status=503)
    return JsonResponse({"status": "ok"})


def missing() -> str:
    """What keeps this process from working; empty where nothing does."""
    try:
        applied = _applied()
    except (django.db.Error, psycopg.Error):
        return "The database cannot be reached."
    return "Migrations are not applied." if _wanted() - applied else ""


@cache
def _wanted() -> frozenset[Migration]:
    """Reading the migrations takes longer than all the rest; they do not change under way."""
    return frozenset(MigrationLoader(None).graph.nodes)


def _applied() -> set[Migration]:
    """Quick, or an error: whoever asks for readiness does not wait."""
    pool = connection.pool  # type: ignore[attr-defined]
    if pool is None:
        return set(MigrationRecorder(connection).applied_migrations())
    pool.open()
    with pool.connection(timeout=PATIENCE_SECONDS) as asked:
        return set(asked.execute("SELECT app, name FROM django_migrations").fetchall())
