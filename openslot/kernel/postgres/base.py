"""What Django looks for behind `ENGINE`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import OperationalError
from django.db.backends.postgresql import base

from openslot.kernel.postgres import patience
from openslot.kernel.postgres.patience import outage

SERVER_BINDING: Any = base.ServerBindingCursor


class Prepared(SERVER_BINDING):  # type: ignore[misc]
    """Statements are planned once for each connection, unless it ends at a pooler."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        return super().execute(query, params, prepare=True, **options)

    def _get_prepared(self, query: Any, prepare: bool | None = None) -> Any:  # noqa: FBT001
        self._query = query  # for whoever logs what is sent
        return super()._get_prepared(query, prepare)


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Out of the pool; refused at once where that failed within the last second."""
        if not self.pool:
            return super().get_new_connection(conn_params)
        outage.check()
        try:
            made = super().get_new_connection(conn_params)
        except psycopg.OperationalError:
            outage.notice()
            raise
        if not patience.unasked.meant:  # else it has not shown yet that it lives
            outage.over()
        return made

    def _configure_connection(self, connection: Any) -> bool:
        """Where statements are prepared, their plan is made once: for whatever values come.

        PostgreSQL would plan the one for free time anew each time, for three times as long as it
        takes to carry it out. What is prepared finds its rows by keys, and no values have it read
        a whole table.
        """
        to_commit: bool = super()._configure_connection(connection)  # type: ignore[misc]
        if connection.prepare_threshold is None:
            return to_commit
        with connection.cursor() as cursor:
            cursor.execute("SET plan_cache_mode = force_generic_plan")
        return True

    def prepared(self) -> Any:
        """A cursor for statements that are sent often, with values of plain types."""
        self.ensure_connection()
        wrapper: Any = self
        with self.wrap_database_errors:
            return wrapper._prepare_cursor(Prepared(wrapper.connection))

    @contextmanager
    def unasked(self) -> Iterator[None]:
        """For one quick question, which has to be answered as soon as a sign of life.

        So the connection comes out of the pool without being asked for one, which would be a second
        way to the database and back. Raises OperationalError where it turns out to be lost; whoever
        asks again, without this, gets one that lives.
        """
        if self.connection is not None or not self.pool:
            yield
            return
        patience.unasked.meant = True
        try:
            self.ensure_connection()
        finally:
            patience.unasked.meant = False
        try:
            made: Any = self.connection
            with patience.of_seconds(made, patience.SIGN_OF_LIFE_SECONDS):
                yield
        except OperationalError:
            self.close()
            raise

    def validate_no_broken_transaction(self) -> None:
        """A transaction that cannot go on because its connection is gone says just that.

        Django sees only that a savepoint was not undone, and takes it for a fault of the program.
        """
        if self.needs_rollback and self.connection is not None and self.connection.closed:
            raise OperationalError("the connection was lost within the transaction")
        super().validate_no_broken_transaction()
