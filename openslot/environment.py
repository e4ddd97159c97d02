"""What must be known before Django is: the same variables, read the same way as in settings.py."""

import os
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from openslot import embedded


class WrongVariable(Exception):
    """An environment variable holds what it cannot; the message names it."""


def data_dir() -> Path:
    return Path(os.environ.get("DATA_DIR") or "data").resolve()


def home() -> Path:
    """Of the embedded PostgreSQL."""
    return data_dir() / "postgres"


def has_embedded_database() -> bool:
    return not os.environ.get("DATABASE_URL")


def database() -> AbstractContextManager[None]:
    """The database for a block: the embedded one is started and stopped, another is left alone."""
    return embedded.using(home()) if has_embedded_database() else nullcontext()


def production() -> bool:
    return os.environ.get("ENVIRONMENT") == "production"


def number(name: str, default: int) -> int:
    """A whole number from the environment, or WrongVariable."""
    value = os.environ.get(name) or str(default)
    if not value.isdecimal():
        raise WrongVariable(f"{name} must be a whole number, not {value!r}")
    return int(value)


def port() -> int:
    return number("PORT", 8000)


def bind() -> str:
    """The address to listen on: this machine alone, in production every interface."""
    return os.environ.get("BIND") or ("0.0.0.0" if production() else "127.0.0.1")  # noqa: S104


def base_url() -> str:
    return os.environ.get("BASE_URL") or f"http://localhost:{port()}"
