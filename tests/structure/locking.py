"""Which operations of a migration would hold up a service that goes on meanwhile, and why.

`prepare` runs while the release before still serves. What a migration does to a table that is
already there may therefore neither rewrite nor scan it under a lock that keeps others out, nor take
away what the release before reads and writes.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib.postgres import operations as postgres
from django.db import connection, migrations, models
from django.db.models.expressions import Value

INDEX = "builds an index while nobody may write: AddIndexConcurrently, in a migration that is not atomic"
SCAN = (
    "reads the whole table while nobody may write: AddConstraintNotValid, then ValidateConstraint"
)
REWRITE = "rewrites the table while nobody may read it: a new column, filled in batches"
EMPTY = "refuses what the release before writes: null=True, or a db_default that is a constant"
GONE = "takes away what the release before reads: stop using it first, remove it a release later"
CODE = "runs in one transaction with all it locks: atomic = False, and batches that each commit"
NEW = "is none that this check knows: say in SAID why it may be"
TOGETHER = "keeps its lock until the end of the migration: validate in a migration of its own"

UNCHANGED = (  # of the state alone, or of tables that nobody knows yet
    *(migrations.CreateModel, migrations.AlterModelOptions, migrations.AlterModelManagers),
    *(migrations.RenameIndex, migrations.AlterUniqueTogether, migrations.AlterIndexTogether),
    *(migrations.AlterOrderWithRespectTo, migrations.AlterModelTableComment),
    *(postgres.AddIndexConcurrently, postgres.RemoveIndexConcurrently),
    *(postgres.AddConstraintNotValid, postgres.ValidateConstraint, migrations.RemoveConstraint),
    *(postgres.CreateExtension, postgres.CreateCollation),
)
REMOVALS = (
    *(migrations.RemoveField, migrations.RenameField, migrations.RenameModel),
    *(migrations.DeleteModel, migrations.AlterModelTable),
)


def faults(migration: migrations.Migration, state: Any) -> Iterator[str]:
    """What would lock, of a migration that begins in that state; `state` is carried on."""
    fresh: set[str] = set()
    unvalidated: set[str] = set()
    for operation in migration.operations:
        before = state.clone()
        operation.state_forwards(migration.app_label, state)
        if isinstance(operation, migrations.CreateModel):
            fresh.add(operation.name.lower())
        if isinstance(operation, postgres.AddConstraintNotValid):
            unvalidated.add(operation.constraint.name)
        if _table(operation) in fresh:
            continue
        if isinstance(operation, postgres.ValidateConstraint) and operation.name in unvalidated:
            yield _said(operation, TOGETHER)
        why = _why(operation, migration, before, state)
        if why:
            yield _said(operation, why)


def _said(operation: Any, why: str) -> str:
    return f"{operation.describe()}: it {why}"


def _table(operation: Any) -> str:
    name = getattr(operation, "model_name", None) or getattr(operation, "name", "")
    return str(name).lower()


def _why(operation: Any, migration: Any, before: Any, after: Any) -> str:
    """What speaks against it; "" where nothing does."""
    if isinstance(operation, UNCHANGED):
        return ""
    if isinstance(operation, migrations.AlterField):
        return _of_change(operation, migration.app_label, before, after)
    if isinstance(operation, migrations.SeparateDatabaseAndState):
        parts = [_why(each, migration, before, after) for each in operation.database_operations]
        return next(filter(None, parts), "")
    if isinstance(operation, migrations.RunPython):
        return CODE if migration.atomic else ""
    return next((why(operation) for kind, why in RULES.items() if isinstance(operation, kind)), NEW)


def _of_field(field: Any) -> str:
    """A new column of a table that is there."""
    if getattr(field, "many_to_many", False):
        return ""  # a table of its own
    if field.unique or field.db_index or (field.remote_field and field.db_constraint):
        return INDEX
    if not field.has_db_default():
        return "" if field.null else EMPTY
    return "" if isinstance(field._db_default_expression, Value) else REWRITE


def _of_change(operation: Any, app: str, before: Any, after: Any) -> str:
    """A column that is there and becomes another one."""
    old, new = (
        state.apps.get_model(app, operation.model_name)._meta.get_field(operation.name)
        for state in (before, after)
    )
    if old.null and not new.null:
        return SCAN
    if (new.unique or new.db_index) and not (old.unique or old.db_index):
        return INDEX
    types = old.db_type(connection), new.db_type(connection)
    if types[0] == types[1] or _longer(*types):
        return ""
    return REWRITE


def _longer(old: str | None, new: str | None) -> bool:
    """Letters that may be more: nothing is written anew for that."""
    if not (old and new and old.startswith("varchar(")):
        return False
    if new == "text":
        return True
    return new.startswith("varchar(") and int(new[8:-1]) >= int(old[8:-1])


RULES: dict[Any, Callable[[Any], str]] = {
    REMOVALS: lambda _: GONE,
    migrations.AddField: lambda operation: _of_field(operation.field),
    (migrations.AddIndex, migrations.RemoveIndex): lambda _: INDEX,
    migrations.AddConstraint: lambda operation: (
        SCAN if isinstance(operation.constraint, models.CheckConstraint) else INDEX
    ),
}
