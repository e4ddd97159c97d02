"""The web server's own log, without the secrets that stand in addresses."""

from __future__ import annotations

from typing import Any

from gunicorn.glogging import Logger

from openslot.kernel import masking


class ServerLogger(Logger):  # type: ignore[misc]
    """What gunicorn says, and its record of requests where that is switched on."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            for handler in log.handlers:
                handler.addFilter(masking.Filter())
