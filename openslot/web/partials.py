"""A page, or the part of it that htmx asked for: one template, one context."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def answer(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    part: str,
    status: int = 200,
) -> HttpResponse:
    """The template whole, or its partial `part` when htmx swaps the element of that id."""
    htmx = getattr(request, "htmx", None)
    wanted = f"{template}#{part}" if htmx and htmx.target == part else template
    response = render(request, wanted, context, status=status)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response
