"""The value of a variable, by name. Nothing else looks into the environment for one of ours."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from openslot.variables import kinds, table
from openslot.variables.kinds import WrongVariable


def text(name: str, default: str | None = None) -> str:
    """What it says; unset or empty, the default given here or else the table's."""
    return str(value(name, default))


def number(name: str, default: int | None = None) -> int:
    return int(value(name, None if default is None else str(default)))


def is_on(name: str, *, default: bool | None = None) -> bool:
    said = None if default is None else "on" if default else "off"
    return bool(value(name, said))


def names(name: str) -> list[str]:
    return list(value(name, None))


def is_set(name: str) -> bool:
    return bool(raw(name))


def suppose(name: str, value: str) -> None:
    """Set the variable for this process and its children, unless the operator did."""
    if not is_set(name):
        os.environ[name] = value


def raw(name: str) -> str:
    """The text of the variable, or that of the file which NAME_FILE names; "" is unset."""
    variable = table.NAMED[name]
    here = os.environ.get(name, "")
    file = os.environ.get(f"{name}_FILE", "") if variable.secret else ""
    if here and file:
        raise WrongVariable(f"{name} and {name}_FILE are both set; keep one of them")
    return _contents(f"{name}_FILE", file) if file else here


def _contents(name: str, file: str) -> str:
    try:
        said = Path(file).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise WrongVariable(f"{name}: {file} cannot be read: {why}") from None
    if not said:
        raise WrongVariable(f"{name}: {file} is empty")
    return said


def value(name: str, default: str | None = None) -> Any:
    """What the table's kind makes of it; WrongVariable where it makes nothing of it."""
    variable = table.NAMED[name]
    said = raw(name)
    if not said:
        said = variable.default if default is None else default
        if not said:
            return [] if variable.kind is kinds.names else ""
    try:
        return variable.kind(said)
    except ValueError as error:
        shown = "" if variable.secret else f", not {said!r}"
        raise WrongVariable(f"{name} {error}{shown}") from None
