"""How long anything waits for the database, and what is remembered of one that is away.

A server that was stopped refuses connections; one that is frozen, or behind a network that
swallows packets, says nothing at all, and no timeout of its own could end the waiting for it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import local
from typing import Any

import psycopg
from psycopg import errors

STATEMENT_SECONDS = 20.0  # for an answer to one statement
SIGN_OF_LIFE_SECONDS = 0.5  # for an answer to the question whether a connection still lives
CONNECTION_SECONDS = 1.5  # for a connection out of the pool
AWAY_SECONDS = 1.0  # how long one failure speaks for all: then somebody asks again


class Unasked(local):
    """Whether this thread takes a connection as it is: what it asks first will show its life."""

    meant = False


unasked = Unasked()


class Connection(psycopg.Connection[Any]):
    """A connection that gives up, and closes, when the server says nothing, or is no primary any
    more: nobody else shall be handed one that leads to a server that takes no writes.
    """

    patience: float | None = STATEMENT_SECONDS

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        try:
            return super().wait(gen, interval, timeout=timeout or self.patience)
        except errors._WaitTimeout:
            self.pgconn.finish()
            raise psycopg.OperationalError("the database does not answer") from None
        except errors.ReadOnlySqlTransaction as error:
            self.pgconn.finish()
            raise psycopg.OperationalError("the database takes no changes now") from error

    def execute(self, *args: Any, **kwargs: Any) -> psycopg.Cursor[Any]:
        """The pool's question for a sign of life, and ours; Django goes through cursors."""
        if unasked.meant:
            return self.cursor()
        with of_seconds(self, SIGN_OF_LIFE_SECONDS):
            return super().execute(*args, **kwargs)


@contextmanager
def of_seconds(connection: Connection, seconds: float) -> Iterator[None]:
    """Have the connection give up so soon, within."""
    connection.patience = seconds
    try:
        yield
    finally:
        del connection.patience


class Outage:
    """Whether the database was away a moment ago: then nobody else need wait to find out."""

    def __init__(self) -> None:
        self.noticed: float | None = None

    def check(self) -> None:
        """Raise OperationalError where it was away within the last second."""
        if self.noticed is not None and time.monotonic() - self.noticed < AWAY_SECONDS:
            raise psycopg.OperationalError("the database was away a moment ago")

    def notice(self) -> None:
        self.noticed = time.monotonic()

    def over(self) -> None:
        self.noticed = None


outage = Outage()
