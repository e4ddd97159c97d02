"""What a service asks of whoever books it, and whether an answer fits.

Questions stand on the service as it is sold now; an appointment keeps what was asked and answered
(`Answered`), whatever becomes of the questions.
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypedDict

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openslot.accounts import phones
from openslot.kernel.errors import Invalid
from openslot.kernel.wording import texts

MOST = 20
OPTIONS_MOST = 50
LINE = 200
PROSE = 2000
LARGEST = 10**15  # beyond it a JSON number is not the one that was typed


class Kind(models.TextChoices):
    TEXT = "text", _("One line")
    LONG_TEXT = "long_text", _("Several lines")
    CHOICE = "choice", _("One of several")
    CHOICES = "choices", _("Any of several")
    CHECKBOX = "checkbox", _("A box to tick")
    NUMBER = "number", _("A number")
    DATE = "date", _("A date")
    PHONE = "phone", _("A telephone number")


CHOOSING = {Kind.CHOICE, Kind.CHOICES}


class Question(TypedDict):
    id: str
    label: str
    kind: str
    required: bool
    options: list[str]
    help: str
    new_customers_only: bool  # asked of who has never booked with the provider


class Answered(TypedDict):
    """An answer beside what was asked: `value` is text, a list of texts, a number or True."""

    question: str
    label: str
    kind: str
    value: Any


def settled(
    given: Iterable[Mapping[str, Any]], *, known: Iterable[Question] = ()
) -> list[Question]:
    """Questions as they are kept: an id that is among those `known` stays, others get a new one.

    Raises `Invalid` beside `questions`, where there are more than 20, or one lacks a label, has an
    unknown kind, or options that are none, double, or not to be chosen from.
    """
    asked = list(given)
    if len(asked) > MOST:
        raise Invalid(questions=gettext("At most {most} questions.").format(most=MOST))
    ids = {each["id"] for each in known}
    settled: list[Question] = []
    for number, each in enumerate(asked, start=1):
        try:
            question = _settled(each, ids)
        except ValidationError as error:
            raise Invalid(
                questions=[
                    gettext("Question {number}: {messages}").format(
                        number=number, messages=error.messages[0]
                    )
                ]
            ) from error
        ids.discard(question["id"])
        settled.append(question)
    return settled


def _settled(given: Mapping[str, Any], ids: set[str]) -> Question:
    label, words = texts.line(given.get("label") or ""), texts.line(given.get("help") or "")
    kind, named = given.get("kind", Kind.TEXT), str(given.get("id") or "")
    options = [texts.line(each) for each in given.get("options") or []]
    _check_line(label, gettext("Say what is asked."))
    _check_line(words)
    if kind not in Kind.values:
        raise ValidationError(gettext("There is no such kind."))
    _check_options(options, chosen_from=kind in CHOOSING)
    return Question(
        id=named if named in ids else str(uuid.uuid4()),
        label=label,
        kind=str(kind),
        required=bool(given.get("required")),
        options=options,
        help=words,
        new_customers_only=bool(given.get("new_customers_only")),
    )


def _check_options(options: Sequence[str], *, chosen_from: bool) -> None:
    if not chosen_from:
        if options:
            raise ValidationError(gettext("Only a choice has options."))
        return
    if not 1 <= len(options) <= OPTIONS_MOST:
        raise ValidationError(
            gettext("A choice has 1 to {options_most} options.").format(options_most=OPTIONS_MOST)
        )
    if len(set(options)) < len(options):
        raise ValidationError(gettext("Every option once."))
    for option in options:
        _check_line(option, gettext("An option has a name."))


def _check_line(text: str, missing: str = "") -> None:
    if missing and not text:
        raise ValidationError(missing)
    if len(text) > LINE:
        raise ValidationError(gettext("At most {line} characters.").format(line=LINE))


def answered(questions: Sequence[Question], given: Mapping[str, Any]) -> list[Answered]:
    """The answers as they are kept, in the order of the questions; what says nothing is none.

    Raises `Invalid` beside `answers.{id}` for every one that is unknown or does not fit.
    """
    errors: dict[str, str | list[str]] = {
        f"answers.{name}": gettext("There is no such question.")
        for name in given.keys() - {each["id"] for each in questions}
    }
    kept: list[Answered] = []
    for each in questions:
        try:
            value = _value(each, given.get(each["id"]))
        except ValidationError as error:
            errors[f"answers.{each['id']}"] = list(error.messages)
            continue
        if value is not None:
            kept.append(
                Answered(question=each["id"], label=each["label"], kind=each["kind"], value=value)
            )
    if errors:
        raise Invalid(**errors)
    return kept


def require(questions: Sequence[Question], answers: Sequence[Answered], *, new: bool) -> None:
    """Raises `Invalid` beside every question that has to be answered and is not.

    With `new` those that only new customers are asked have to be, too.
    """
    said = {each["question"] for each in answers}
    missing = [
        each
        for each in questions
        if each["required"] and each["id"] not in said and (new or not each["new_customers_only"])
    ]
    if missing:
        raise Invalid(
            **{
                f"answers.{each['id']}": gettext("Tick this box.")
                if each["kind"] == Kind.CHECKBOX
                else gettext("An answer is needed.")
                for each in missing
            }
        )


def _value(question: Question, given: Any) -> Any:
    """As it is kept; None where nothing is said."""
    if given is None:
        return None
    return READERS[Kind(question["kind"])](question, given)


def _text(_question: Question, given: Any) -> str | None:
    text = texts.line(_typed(given))
    _check_line(text)
    return text or None


def _long_text(_question: Question, given: Any) -> str | None:
    text = texts.prose(_typed(given))
    if len(text) > PROSE:
        raise ValidationError(gettext("At most {prose} characters.").format(prose=PROSE))
    if "\0" in text:
        raise ValidationError(gettext("Null characters are not allowed."))
    return text or None


def _choice(question: Question, given: Any) -> str | None:
    if given == "":
        return None
    if _typed(given) not in question["options"]:
        raise ValidationError(gettext("This is not one of the options."))
    return str(given)


def _choices(question: Question, given: Any) -> list[str] | None:
    if not isinstance(given, list):
        raise ValidationError(gettext("Give a list of options."))
    wrong = [each for each in given if each not in question["options"]]
    if wrong:
        raise ValidationError(gettext("One of them is not among the options."))
    return [each for each in question["options"] if each in given] or None


def _checkbox(_question: Question, given: Any) -> bool | None:
    if not isinstance(given, bool):
        raise ValidationError(gettext("This is true or false."))
    return given or None


def _number(_question: Question, given: Any) -> int | float | None:
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise ValidationError(gettext("Give a number."))
    if not math.isfinite(given) or abs(given) > LARGEST:
        raise ValidationError(gettext("This number is too large."))
    return given


def _date(_question: Question, given: Any) -> str | None:
    text = _typed(given)
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise ValidationError(gettext("Give a date, such as 2026-12-01."))
    return text


def _phone(_question: Question, given: Any) -> str | None:
    text = texts.line(_typed(given))
    _check_line(text)
    phones.validate(text)
    return text or None


def _typed(given: Any) -> str:
    if not isinstance(given, str):
        raise ValidationError(gettext("This is not text."))
    return given


READERS: dict[Kind, Callable[[Question, Any], Any]] = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _long_text,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.CHECKBOX: _checkbox,
    Kind.NUMBER: _number,
    Kind.DATE: _date,
    Kind.PHONE: _phone,
}


def written(answer: Answered) -> str:
    """An answer as people read it."""
    value = answer["value"]
    if isinstance(value, list):
        return ", ".join(value)
    return gettext("Yes") if value is True else str(value)
