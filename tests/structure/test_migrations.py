"""`prepare` runs while the release before serves: no migration may hold it up or break it."""

import pytest
from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    ValidateConstraint,
)
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.models import Q
from django.db.models.functions import Now

from tests.structure import locking

# The last ones of before this was asked; those after them are looked at.
BEFORE = {
    "accounts": "0012_listing",
    "api": "0004_token_families",
    "appointments": "0008_questions",
    "availability": "0003_revision",
    "catalog": "0007_questions",
    "kernel": "0001_kept_answers",
    "notifications": "0006_text_messages",
    "sync": "0003_closing",
    "webhooks": "0001_initial",
}
# What the check cannot know of, and why it may be: (app, migration) → reason.
SAID: dict[tuple[str, str], str] = {}


@pytest.fixture(scope="module")
def loader():
    return MigrationLoader(None)


def ours(loader):
    return sorted(
        key
        for key, migration in loader.disk_migrations.items()
        if type(migration).__module__.startswith("openslot.")
    )


def test_no_migration_holds_up_the_release_before(loader):
    told = {}
    for app, name in ours(loader):
        if name <= BEFORE.get(app, "") or (app, name) in SAID:
            continue
        state = loader.project_state((app, name), at_end=False)
        told[app, name] = list(locking.faults(loader.disk_migrations[app, name], state))
    assert {key: faults for key, faults in told.items() if faults} == {}


def test_what_is_said_is_said_of_migrations_that_are_there(loader):
    there = set(ours(loader))
    assert set(SAID) <= there
    assert set(BEFORE.items()) <= there


def found(*operations, atomic=True):
    """What is said of operations on a table that stands there."""
    there = migrations.CreateModel(
        "Thing",
        [
            ("id", models.BigAutoField(primary_key=True)),
            ("name", models.CharField(max_length=20, null=True)),
            ("size", models.IntegerField(default=0)),
        ],
    )
    first = migrations.Migration("0001_initial", "things")
    first.operations = [there]
    state = first.mutate_state(migrations.state.ProjectState())
    second = migrations.Migration("0002_later", "things")
    second.operations, second.atomic = list(operations), atomic
    return [fault.partition(": it ")[2] for fault in locking.faults(second, state)]


def add(field):
    return migrations.AddField("thing", "more", field)


def alter(name, field):
    return migrations.AlterField("thing", name, field)


CHECK = models.CheckConstraint(condition=Q(size__gte=0), name="thing_has_a_size")
INDEX = models.Index(fields=["size"], name="thing_by_size")


@pytest.mark.parametrize(
    ("operation", "why"),
    [
        (add(models.IntegerField()), locking.EMPTY),
        (add(models.IntegerField(default=3)), locking.EMPTY),
        (add(models.DateTimeField(db_default=Now())), locking.REWRITE),
        (add(models.IntegerField(null=True, db_index=True)), locking.INDEX),
        (add(models.IntegerField(null=True, unique=True)), locking.INDEX),
        (add(models.ForeignKey("thing", models.CASCADE, null=True)), locking.INDEX),
        (alter("name", models.CharField(max_length=10, null=True)), locking.REWRITE),
        (alter("size", models.BigIntegerField(default=0)), locking.REWRITE),
        (alter("name", models.CharField(max_length=20)), locking.SCAN),
        (alter("size", models.IntegerField(default=0, db_index=True)), locking.INDEX),
        (migrations.AddIndex("thing", INDEX), locking.INDEX),
        (migrations.AddConstraint("thing", CHECK), locking.SCAN),
        (
            migrations.AddConstraint(
                "thing", models.UniqueConstraint(fields=["size"], name="thing_once")
            ),
            locking.INDEX,
        ),
        (migrations.RemoveField("thing", "name"), locking.GONE),
        (migrations.RenameField("thing", "name", "title"), locking.GONE),
        (migrations.RenameModel("Thing", "Object"), locking.GONE),
        (migrations.DeleteModel("Thing"), locking.GONE),
        (migrations.AlterModelTable("thing", "objects"), locking.GONE),
        (migrations.RunPython(lambda apps, editor: None), locking.CODE),
        (
            migrations.SeparateDatabaseAndState([migrations.AddIndex("thing", INDEX)], []),
            locking.INDEX,
        ),
    ],
    ids=lambda value: value.describe() if hasattr(value, "describe") else "",
)
def test_each_that_would_lock_is_found(operation, why):
    assert found(operation) == [why]


def test_sql_has_to_be_explained():
    [told] = found(migrations.RunSQL("UPDATE things_thing SET size = 1"))
    assert "SAID" in told


def test_what_is_validated_in_the_same_migration_keeps_its_lock():
    assert found(
        AddConstraintNotValid("thing", CHECK), ValidateConstraint("thing", CHECK.name)
    ) == [locking.TOGETHER]


@pytest.mark.parametrize(
    "operation",
    [
        add(models.IntegerField(null=True)),
        add(models.CharField(max_length=3, db_default="")),
        add(
            models.ForeignKey(
                "thing", models.CASCADE, null=True, db_index=False, db_constraint=False
            )
        ),
        alter("name", models.CharField(max_length=40, null=True)),
        alter("name", models.TextField(null=True)),
        alter("name", models.CharField(max_length=20, null=True, choices=[("a", "A")])),
        AddConstraintNotValid("thing", CHECK),
        migrations.AlterModelOptions("thing", {"ordering": ["size"]}),
    ],
    ids=lambda operation: operation.describe(),
)
def test_what_locks_nothing_is_let_be(operation):
    assert found(operation) == []


def test_outside_a_transaction_indexes_and_code_may_take_their_time():
    assert found(AddIndexConcurrently("thing", INDEX), atomic=False) == []
    assert found(migrations.RunPython(lambda apps, editor: None), atomic=False) == []


def test_a_table_that_is_new_has_no_one_to_hold_up():
    new = migrations.CreateModel("Other", [("id", models.BigAutoField(primary_key=True))])
    column = migrations.AddField("other", "size", models.IntegerField(db_index=True))
    assert (
        found(new, column, migrations.AddIndex("other", models.Index(fields=["size"], name="by")))
        == []
    )
