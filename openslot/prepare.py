"""What must be done before anything is served, in one process: Django takes long to start."""

import os

import django
from django.conf import settings
from django.core import management
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import OperationalError
from django.utils.module_loading import import_string

from openslot import embedded, environment
from openslot.kernel.postgres import patience

LOOK_AT_CLOCKS = "openslot.appointments.clocks.looking.look"


def check() -> None:
    """In production refuse what is insecure: SystemCheckError names it."""
    django.setup()
    if environment.production():
        management.call_command("check", deploy=True, fail_level="ERROR")


def run(*, demo: bool) -> None:
    """Bring the database (and in production the static files) up to date; `demo` fills it."""
    check()
    _reach()
    patience.Connection.patience = None  # an index of a large table takes what it takes
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        management.call_command("migrate", interactive=False, verbosity=0)
    import_string(LOOK_AT_CLOCKS)()
    if environment.production():
        _gather_static_files()
    else:
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns without one
    if demo:
        management.call_command("demo")


def _reach() -> None:
    """Raise DatabaseUnavailable, which is told in a line, where nobody answers or lets us in."""
    try:
        connection.ensure_connection()
    except OperationalError as error:
        raise embedded.DatabaseUnavailable(f"the database cannot be reached: {error}") from error


def _gather_static_files() -> None:
    """Unless they are there for good: an image brings them, and nobody in it may write to them."""
    there = settings.STATIC_ROOT / "staticfiles.json"
    if there.exists() and not os.access(settings.STATIC_ROOT, os.W_OK):
        return
    management.call_command("collectstatic", interactive=False, verbosity=0)
