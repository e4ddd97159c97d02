"""What a value may be. A kind is a function: the value of a text, or ValueError saying what it must
be (never what it is: it may be a secret).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

ON = {"on", "true", "yes", "1"}
OFF = {"off", "false", "no", "0"}
HIGHEST = 1_000_000_000

Kind = Callable[[str], Any]


class WrongVariable(Exception):
    """An environment variable holds what it cannot; the message names it."""


def text(value: str) -> str:
    return value


def line(most: int) -> Kind:
    def parse(value: str) -> str:
        if len(value) > most:
            raise ValueError(f"must have at most {most} letters")
        return value

    return parse


def switch(value: str) -> bool:
    if value.lower() not in ON | OFF:
        raise ValueError("must be on or off")
    return value.lower() in ON


def names(value: str) -> list[str]:
    """Parted by commas."""
    return [name.strip() for name in value.split(",") if name.strip()]


def number(low: int = 0, high: int = HIGHEST) -> Kind:
    def parse(value: str) -> int:
        if not (value.isascii() and value.isdecimal()):
            raise ValueError("must be a whole number")
        if not low <= int(value) <= high:
            raise ValueError(f"must lie between {low} and {high}")
        return int(value)

    return parse


def choice(*values: str) -> Kind:
    def parse(value: str) -> str:
        if value not in values:
            raise ValueError(f"must be {any_of(values)}")
        return value

    return parse


def any_of(values: Sequence[str]) -> str:
    *first, last = values
    return f"{', '.join(first)} or {last}" if first else last
