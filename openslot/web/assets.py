"""How long browsers keep styles, scripts and icons while they are built here, in development.

In production a file's name says what is in it (WhiteNoise's manifest); here its address says
when it was built, so that browsers may keep it as long, and have it anew after a build.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage

VERSIONED = (".css", ".js", ".svg")  # what a style sheet names is none of them


class BuiltFilesStorage(StaticFilesStorage):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known: dict[str, tuple[Path, str]] = {}  # by name: where it lies, and its address

    def url(self, name: str | None) -> str:
        if not name or not name.endswith(VERSIONED):
            return super().url(name)
        try:
            path, address = self.known[name]
            return f"{address}?{int(path.stat().st_mtime)}"
        except (KeyError, FileNotFoundError):
            return self._sought(name)

    def _sought(self, name: str) -> str:
        """The address of a file that was not asked for before, or lies elsewhere by now."""
        address, path = super().url(name), finders.find(name)
        if not isinstance(path, str):
            return address
        self.known[name] = Path(path), address
        return f"{address}?{int(Path(path).stat().st_mtime)}"
