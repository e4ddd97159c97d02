"""A page, or the part of it that htmx asked for: one template, one context; lists in pages."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from openslot.web.parts import picker


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


def paged(rows: Any, number: int | None, *, size: int, where: picker.Way) -> dict[str, Any]:
    """One page of a list, the nearest there is, with the addresses of its neighbours."""
    page = Paginator(rows, size).get_page(number or 1)
    return {
        "page": page,
        "previous": where.to(page=str(page.previous_page_number())) if page.has_previous() else "",
        "next": where.to(page=str(page.next_page_number())) if page.has_next() else "",
    }
