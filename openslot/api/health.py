"""What a load balancer asks: is the process up, and can it work?"""

from __future__ import annotations

import django.db
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


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
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except django.db.Error:
        return "The database cannot be reached."
    return "Migrations are not applied." if plan else ""
