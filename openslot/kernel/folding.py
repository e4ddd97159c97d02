"""Text without capitals and accents, for sorting and searching the way people do.

Folded in Python and stored beside its source: what the database makes of letters depends on the
locale it was created with.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from django.db import models

# Letters that Unicode does not take apart.
APART = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"})

PROSE = 4000  # letters that are kept of what is searched and never sorted by
LONGEST = 400  # letters that are kept of a text: one sign can stand for eighteen


def folded(text: str) -> str:
    """In small letters without accents, blanks single: "Élan  Vital" becomes "elan vital"."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return " ".join(plain.casefold().translate(APART).split())


class FoldedField(models.TextField):  # type: ignore[type-arg]
    """The folded text of another attribute, its first `longest` letters, set whenever the row is
    saved. Lists are sorted by it, so it stands in their cursors, and a cursor in an address.
    """

    def __init__(self, *args: Any, source: str = "", longest: int = LONGEST, **kwargs: Any) -> None:
        self.source, self.longest = source, longest
        kwargs |= {"editable": False, "default": ""}
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        kwargs |= {"longest": self.longest} if self.longest != LONGEST else {}
        return name, path, list(args), {**kwargs, "source": self.source}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:  # noqa: ARG002, FBT001
        value = folded(getattr(model_instance, self.source))[: self.longest]
        setattr(model_instance, self.attname, value)
        return value
