"""How long browsers keep styles, scripts and icons while they are built here, in development.

In production a file's name says what is in it (WhiteNoise's manifest); here its address says
when it was built, so that browsers may keep it as long, and have it anew after a build.
"""

from __future__ import annotations

from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage

VERSIONED = (".css", ".js", ".svg")  # what a style sheet names is none of them


class BuiltFilesStorage(StaticFilesStorage):
    def url(self, name: str | None) -> str:
        address = super().url(name)
        path = finders.find(name) if name and name.endswith(VERSIONED) else None
        if not isinstance(path, str):
            return address
        return f"{address}?{int(Path(path).stat().st_mtime)}"
