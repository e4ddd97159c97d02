"""What Django looks for behind `ENGINE`."""

from __future__ import annotations

from typing import Any

import psycopg
from django.db.backends.postgresql import base

from openslot.kernel.postgres.patience import outage


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
        outage.over()
        return made
