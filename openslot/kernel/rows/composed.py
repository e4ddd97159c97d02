"""Queries that are sent all the time: composed by the ORM once, planned by PostgreSQL once.

To compose a query takes the ORM longer than PostgreSQL needs to answer it. What is composed here is
an ordinary QuerySet, and gives ordinary objects; only its values come later.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import cache
from threading import Lock
from typing import Any, Generic, NamedTuple, TypeVar, cast
from uuid import UUID

from cachetools import LRUCache
from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models.query import get_related_populators

from openslot.kernel.postgres.base import DatabaseWrapper

_populators: Any = get_related_populators
FORMS = 100  # of one query
M = TypeVar("M", bound=models.Model)


class Plan(NamedTuple):
    """A query as text. `fixed` are its values, those to come by the names that `open` has."""

    sql: str
    fixed: Sequence[Any]
    open: dict[int, str]
    compiler: Any
    shape: Any


class Composed(Generic[M]):
    """`build` makes the query of values by name; `kinds` says of which type each of them is.

    A value stands for one value: no list, none that is None. Whatever else the query depends on
    (which of a few lists, how many rows) comes before the values, and is composed once for each.
    """

    def __init__(self, build: Callable[..., models.QuerySet[M]], **kinds: type) -> None:
        self._build = build
        self._kinds = kinds
        self._plans: LRUCache[tuple[Hashable, ...], Plan] = LRUCache(FORMS)
        self._lock = Lock()

    def all(self, *form: Hashable, **values: Any) -> list[M]:
        """What the query finds, in its order."""
        return list(self._objects(form, values))

    def first(self, *form: Hashable, **values: Any) -> M | None:
        """The first of it. The query says itself in which order, and that one is enough."""
        return next(self._objects(form, values), None)

    def rows(self, *form: Hashable, **values: Any) -> list[Any]:
        """Of a query that asks for values (`values_list`): their rows."""
        plan = self._plan(form)
        found = self._asked(plan, values)
        converters = plan.compiler.get_converters([each[0] for each in plan.compiler.select])
        return list(plan.compiler.apply_converters(found, converters)) if converters else found

    def _objects(self, form: tuple[Hashable, ...], values: dict[str, Any]) -> Iterator[M]:
        plan = self._plan(form)
        return self._made(plan, self._asked(plan, values))

    @staticmethod
    def _asked(plan: Plan, values: dict[str, Any]) -> list[Any]:
        params = [
            values[plan.open[place]] if place in plan.open else value
            for place, value in enumerate(plan.fixed)
        ]
        with prepared() as cursor:
            cursor.execute(plan.sql, params)
            found: list[Any] = cursor.fetchall()
        return found

    @staticmethod
    def _made(plan: Plan, rows: list[Any]) -> Iterator[M]:
        """Objects of rows, with what was selected beside them: as the ORM's own iterator does."""
        compiler = plan.compiler
        klass, attributes, populators, converters = plan.shape
        alias = connection.alias
        if converters:
            rows = compiler.apply_converters(rows, converters)
        for row in rows:
            made = klass.from_db(alias, attributes, row[: len(attributes)])
            for populator in populators:
                populator.populate(row, made)
            for name, place in compiler.annotation_col_map.items():
                setattr(made, name, row[place])
            yield made

    def _plan(self, form: tuple[Hashable, ...]) -> Plan:
        with self._lock:
            known = self._plans.get(form)
        if known is None:
            known = self._composed(form)
            with self._lock:
                self._plans[form] = known
        return known

    def _composed(self, form: tuple[Hashable, ...]) -> Plan:
        stand_ins = {name: _stand_in(kind, n) for n, (name, kind) in enumerate(self._kinds.items())}
        compiler = self._build(*form, **stand_ins).query.get_compiler(connection.alias)
        sql, fixed = compiler.as_sql()
        names = {stand_in: name for name, stand_in in stand_ins.items()}
        places = {n: names[each] for n, each in enumerate(fixed) if _is_one(each, names)}
        if set(places.values()) != set(self._kinds):
            raise TypeError("A value does not stand in the query as it is given.")
        return Plan(sql, fixed, places, compiler, _shape(compiler))


def _shape(compiler: Any) -> Any:
    """How objects are made of rows; None where the query asks for values."""
    klass = compiler.klass_info
    if klass is None:
        return None
    columns = klass["select_fields"]
    attributes = [each[0].target.attname for each in compiler.select[: len(columns)]]
    populators = _populators(klass, compiler.select, connection.alias)
    converters = compiler.get_converters([each[0] for each in compiler.select])
    return klass["model"], attributes, populators, converters


def prepared() -> Any:
    """A cursor whose statements PostgreSQL plans once for each connection."""
    return cast(DatabaseWrapper, connection).prepared()


def unasked() -> AbstractContextManager[None]:
    """Within: one quick question without asking for a sign of life first (`postgres/base.py`)."""
    return cast(DatabaseWrapper, connection).unasked()


def _stand_in(kind: type, number: int) -> Any:
    """A value that nothing else in a query has."""
    made = {
        UUID: lambda: UUID(int=0x0BEE << 96 | number),
        datetime: lambda: datetime(1, 1, 1, microsecond=4711 + number, tzinfo=UTC),
        str: lambda: f"\x01 {number}",
    }
    maker: Callable[[], Any] = made[kind]
    return maker()


def _is_one(value: Any, names: dict[Any, str]) -> bool:
    return isinstance(value, UUID | datetime | str) and value in names


def insert(*made: models.Model) -> None:
    """What `save(force_insert=True)` does for each of them, all in one statement.

    For models without parents and signals, whose keys are known or not needed; it is composed once
    for their classes.
    """
    sql, columns = _insertion(tuple(type(each) for each in made))
    wrapper = connections[DEFAULT_DB_ALIAS]  # `connection` would look it up for each value
    values = [
        column.get_db_prep_save(column.pre_save(each, add=True), wrapper)
        for each, own in zip(made, columns, strict=True)
        for column in own
    ]
    with prepared() as cursor:
        cursor.execute(sql, values)
    for each in made:
        each._state.adding, each._state.db = False, connection.alias


@cache
def _insertion(classes: Sequence[type[models.Model]]) -> tuple[str, Sequence[Sequence[Any]]]:
    columns = [_columns(model) for model in classes]
    parts = [_into(model, own) for model, own in zip(classes, columns, strict=True)]
    named = [f"part{n} AS ({part})" for n, part in enumerate(parts[:-1])]
    before = f"WITH {', '.join(named)} " if named else ""
    return before + parts[-1], columns


def _columns(model: type[models.Model]) -> Sequence[Any]:
    every: Sequence[Any] = model._meta.concrete_fields
    return [each for each in every if not isinstance(each, models.AutoField)]


def _into(model: type[models.Model], columns: Sequence[Any]) -> str:
    quote: Callable[[Any], str] = cast(Any, connection.ops).quote_name
    names = ", ".join(quote(each.column) for each in columns)
    places = ", ".join("%s" for _ in columns)
    return f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({places})"  # noqa: S608
