"""What must be done before anything is served, in one process: Django takes long to start."""

import django
from django.conf import settings
from django.core import management
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from openslot import environment


def check() -> None:
    """In production refuse what is insecure: SystemCheckError names it."""
    django.setup()
    if environment.production():
        management.call_command("check", deploy=True, fail_level="ERROR")


def run(*, demo: bool) -> None:
    """Bring the database (and in production the static files) up to date; `demo` fills it."""
    check()
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        management.call_command("migrate", interactive=False, verbosity=0)
    if environment.production():
        management.call_command("collectstatic", interactive=False, verbosity=0)
    else:
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns without one
    if demo:
        management.call_command("demo")
