"""Bodies of requests, read within bounds: nothing that is let in here can trip anything later."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext
from rest_framework.parsers import JSONParser

from openslot.api.protocol.errors import Malformed, TooLarge

BODY_MAX_BYTES = 1_000_000
NESTING_MAX = 20


class BoundedJSONParser(JSONParser):
    """UTF-8 JSON of at most a megabyte, nested at most 20 deep, without text that no database
    takes (NUL, halves of surrogate pairs) and without numbers that are none.
    """

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,  # noqa: ARG002
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002
    ) -> Any:
        raw = bounded(stream, BODY_MAX_BYTES)
        try:
            data = json.loads(raw.decode(), parse_float=_finite, parse_constant=_no_number)
        except UnicodeDecodeError as exc:
            raise Malformed(gettext("The body is not valid UTF-8.")) from exc
        except RecursionError as exc:
            raise _too_deep() from exc
        except ValueError as exc:
            raise Malformed(gettext("The body is not valid JSON.")) from exc
        check(data)
        return data


def bounded(stream: IO[Any], limit: int) -> bytes:
    """All of the stream; `TooLarge` beyond the limit, so that no more than that is ever kept."""
    raw: bytes = stream.read(limit + 1)
    if len(raw) > limit:
        raise TooLarge(gettext("The body has more than {limit} bytes.").format(limit=f"{limit:,}"))
    return raw


def check(data: Any) -> None:
    """Refuse deep nesting and text that PostgreSQL does not take."""
    level, depth = [data], 0
    while level:
        deeper: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                deeper += [*item, *item.values()]
            elif isinstance(item, list):
                deeper += item
            elif isinstance(item, str):
                _check_text(item)
                continue
            else:
                continue
            if depth == NESTING_MAX:
                raise _too_deep()
        level, depth = deeper, depth + 1


def _check_text(text: str) -> None:
    if "\0" in text:
        raise Malformed(gettext("Text may not contain the character NUL."))
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as exc:
            raise Malformed(gettext("Text may not contain half of a surrogate pair.")) from exc


def _finite(literal: str) -> float:
    number = float(literal)
    if math.isinf(number):
        raise ValueError(literal)
    return number


def _no_number(literal: str) -> None:
    raise ValueError(literal)


def _too_deep() -> Malformed:
    return Malformed(
        gettext("The body is nested more than {nesting_max} deep.").format(nesting_max=NESTING_MAX),
        code="too_deep",
    )
