"""How values stand in JSON. Strict about form; what a value may be, the domain decides."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.validators import EmailValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from moneyed import Money
from rest_framework import serializers
from rest_framework.fields import empty

from openslot.accounts import addresses, phones
from openslot.accounts.models import LocationKind
from openslot.accounts.signing import challenges
from openslot.catalog import pricing
from openslot.kernel import timerange
from openslot.kernel.errors import Invalid
from openslot.kernel.rows import columns
from openslot.kernel.wording import texts

RFC_3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
BCP_47 = re.compile(
    r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|\d{3}))?"
    r"(-([A-Za-z0-9]{5,8}|\d[A-Za-z0-9]{3}))*(-[A-WYZa-wyz0-9](-[A-Za-z0-9]{2,8})+)*",
    re.ASCII,
)
ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
AMOUNT = re.compile(r"\d{1,8}(\.\d{1,4})?", re.ASCII)


class Body(serializers.Serializer[Any]):
    """The body of a request: a field that is not known is an error.

    A field that is only read may stand in it and is ignored, as are those of `echoes`: the
    serializer of the answer that a client may send back as it got it.
    """

    echoes: type[serializers.BaseSerializer[Any]] | None = None

    def to_internal_value(self, data: Any) -> Any:
        if self.parent is not None and getattr(self.root, "partial", False):
            # A PATCH may leave fields out; an object in one of them comes whole.
            return type(self)(context=self.context).to_internal_value(data)
        errors: dict[str, Any] = {}
        if isinstance(data, Mapping):
            known = self._known()
            errors = {
                str(name): [gettext("There is no such field.")]
                for name in data
                if name not in known
            }
        try:
            value = super().to_internal_value(data)
        except serializers.ValidationError as exc:
            if not errors or not isinstance(exc.detail, dict):
                raise
            raise serializers.ValidationError({**exc.detail, **errors}) from exc
        if errors:
            raise serializers.ValidationError(errors)
        return value

    def _known(self) -> set[str]:
        known = set(self.fields)
        if self.echoes is not None:
            known |= set(getattr(self.echoes(), "fields", ()))
        return known


class Text(serializers.CharField):
    """Text, and no number that could be read as one; what shows nothing is blank."""

    def run_validation(self, data: Any = empty) -> Any:
        return super().run_validation(texts.prose(data) if isinstance(data, str) else data)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Line(Text):
    """A name, a phone, a title: one line, whatever was sent."""

    def run_validation(self, data: Any = empty) -> Any:
        # NUL stays for the field to refuse
        one = texts.line(data) if isinstance(data, str) and "\0" not in data else data
        return super().run_validation(one)


class Phone(Line):
    """A telephone number, as people write it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, validators=[phones.validate], **kwargs)


class Address(serializers.EmailField):
    """An address of mail, in its one spelling; at most 254 characters."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=254, **kwargs)
        self.validators = [
            *(each for each in self.validators if not isinstance(each, EmailValidator)),
            addresses.validate,
        ]

    def to_internal_value(self, data: Any) -> str:
        return addresses.canonical(super().to_internal_value(data))


class Solution(Text):
    """A solved challenge of `GET /api/challenge/`, in base64, where one is asked for."""

    def __init__(self) -> None:
        super().__init__(
            max_length=challenges.LONGEST,
            required=False,
            allow_blank=True,
            help_text="A solved challenge of `/api/challenge/`, where one is asked for.",
        )


@extend_schema_field(OpenApiTypes.DATETIME)
class InstantField(serializers.Field[datetime, str, str, datetime]):
    """An instant: RFC 3339 with an offset, from 2000 to 2199. Read as UTC."""

    default_error_messages = {
        "invalid": _("Give an instant with its offset, such as 2026-12-01T09:00:00+01:00.")
    }

    def to_internal_value(self, data: Any) -> datetime:
        if not isinstance(data, str) or not RFC_3339.fullmatch(data):
            self.fail("invalid")
        try:
            moment = datetime.fromisoformat(data.upper())
            return timerange.bounded(moment, field="instant")
        except (ValueError, OverflowError):
            self.fail("invalid")
        except Invalid as exc:
            raise serializers.ValidationError(exc.errors["instant"]) from exc

    def to_representation(self, value: datetime) -> str:
        return timerange.written(value)


@extend_schema_field(OpenApiTypes.DATE)
class DayField(serializers.Field[date, str, str, date]):
    """A date, `YYYY-MM-DD`, from 2000 to 2199."""

    default_error_messages = {"invalid": _("Give a date from 2000 to 2199, such as 2026-12-01.")}

    def to_internal_value(self, data: Any) -> date:
        if not isinstance(data, str) or not ISO_DATE.fullmatch(data):
            self.fail("invalid")
        try:
            day = date.fromisoformat(data)
        except ValueError:
            self.fail("invalid")
        if not timerange.EARLIEST.date() <= day < timerange.LATEST.date():
            self.fail("invalid")
        return day

    def to_representation(self, value: date) -> str:
        return value.isoformat()


@extend_schema_field({"type": "string"})
class WhenField(InstantField):
    """In a query: an instant, or a date, which begins (with `end`: ends) in the caller's zone."""

    default_error_messages = {
        "invalid": _("Give an instant with its offset, such as 2026-12-01T09:00:00Z, or a date.")
    }

    def __init__(self, *, end: bool = False, **kwargs: Any) -> None:
        self.end = end
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> datetime:
        if not isinstance(data, str) or not ISO_DATE.fullmatch(data):
            return super().to_internal_value(str(data).replace(" ", "+"))  # "+" not encoded
        day = DayField().to_internal_value(data) + timedelta(days=self.end)
        return timerange.instant(day, time.min, self.context["caller"].zone)


class IdField(serializers.UUIDField):
    """An id of ours: a string."""

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


class ScopeField(serializers.ChoiceField):
    """How much of a series is meant."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=["this", "following", "all"], **kwargs)


@extend_schema_field({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"})
class ClockField(serializers.Field[time, str, str, time]):
    """A time on the wall, `HH:MM`."""

    default_error_messages = {"invalid": _("Give a time from 00:00 to 23:59, such as 09:30.")}

    def to_internal_value(self, data: Any) -> time:
        if not isinstance(data, str) or not CLOCK.fullmatch(data):
            self.fail("invalid")
        return time.fromisoformat(data)

    def to_representation(self, value: time) -> str:
        return f"{value:%H:%M}"


class ZoneField(Text):
    """The IANA name of a time zone."""

    default_error_messages = {
        "unknown": _("This is not the name of a time zone, such as Europe/Berlin.")
    }

    def to_internal_value(self, data: Any) -> str:
        name = super().to_internal_value(data)
        if timerange.known_zone(name) is None:
            self.fail("unknown")
        return name


class LanguageField(Text):
    """A language tag (BCP 47)."""

    default_error_messages = {"unknown": _("This is not a language tag, such as en or pt-BR.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=35, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        tag = super().to_internal_value(data)
        if not BCP_47.fullmatch(tag):
            self.fail("unknown")
        return tag


@extend_schema_field({"type": "string", "pattern": r"^[0-9]{1,8}(\.[0-9]{1,4})?$"})
class AmountField(serializers.Field[Decimal, str, str, Decimal]):
    """An amount of money in a request: a decimal string."""

    default_error_messages = {"invalid": _('Give an amount as a decimal string, such as "45.00".')}

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, int) and not isinstance(data, bool):
            data = str(data)
        if not isinstance(data, str) or not AMOUNT.fullmatch(data):
            self.fail("invalid")
        return Decimal(data)

    def to_representation(self, value: Decimal) -> str:
        return f"{value:f}"


MONEY = {
    "type": "object",
    "required": ["amount", "currency"],
    "properties": {"amount": {"type": "string"}, "currency": {"type": "string"}},
}


@extend_schema_field(MONEY)
class MoneyOut(serializers.Field[Money, Any, Any, Money]):
    """`{"amount": "45.00", "currency": "EUR"}`, with the digits that the currency has."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs["read_only"] = True
        super().__init__(**kwargs)

    def to_representation(self, value: Money) -> dict[str, str]:
        return pricing.plain(value)


class Location(Body):
    """Where it takes place. Shown from a `(kind, text)`."""

    kind = serializers.ChoiceField(choices=LocationKind.choices)
    text = Line(max_length=500, allow_blank=True, default="")

    def to_representation(self, instance: tuple[str, str]) -> dict[str, str]:
        kind, text = instance
        return {"kind": kind, "text": text}


def of_column(column: models.Field[Any, Any]) -> serializers.Field[Any, Any, Any, Any]:
    """The field of an answer that is what the column is."""
    if column.choices:
        return serializers.ChoiceField(choices=column.choices)
    if isinstance(column, models.BooleanField):
        return serializers.BooleanField()
    if isinstance(column, columns.TEXTS):
        return serializers.CharField()
    return serializers.IntegerField(**_emptiness(column))


def settable(column: models.Field[Any, Any]) -> serializers.Field[Any, Any, Any, Any]:
    """The field of a request, with the column's bounds and choices; it may be left out."""
    if column.choices:
        return serializers.ChoiceField(choices=column.choices, required=False)
    if isinstance(column, models.BooleanField):
        return serializers.BooleanField(required=False)
    if isinstance(column, columns.TEXTS):
        return Text(required=False, max_length=column.max_length, allow_blank=column.blank)
    low, high = columns.bounds(column)
    return serializers.IntegerField(
        required=False, min_value=low, max_value=high, **_emptiness(column)
    )


def _emptiness(column: models.Field[Any, Any]) -> dict[str, Any]:
    return {"allow_null": True} if column.null else {}
