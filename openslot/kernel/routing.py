"""Addresses of pages, taken apart by the route that leads there."""

from __future__ import annotations

import re

from django.urls import resolve

PARAMETER = r"<(?:\w+:)?{name}>"


def elsewhere(path: str, **values: str) -> str:
    """The path with other values of some of its route's parameters.

    Each has a segment to itself.
    """
    parts = path.split("/")
    route = f"/{resolve(path).route}".split("/")
    for name, value in values.items():
        wanted = re.compile(PARAMETER.format(name=name))
        at = next(number for number, each in enumerate(route) if wanted.fullmatch(each))
        parts[at] = value
    return "/".join(parts)
