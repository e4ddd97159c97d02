"""What the catalogue refuses. The docstring of an error is its message."""

from __future__ import annotations

from openslot.kernel.errors import DomainError


class StillRequired(DomainError):
    """Another service requires this one. Change that one first."""

    code = "still_required"
