"""Addresses in answers: absolute, under BASE_URL, whatever host the request came through."""

from __future__ import annotations

from urllib.parse import urljoin

from django.conf import settings


def absolute(path: str) -> str:
    """The address of a path of ours; one that is absolute already (a media host's) stays."""
    return urljoin(f"{settings.BASE_URL}/", path)
