from django.core.management import call_command
from django.db import migrations


def create(apps, schema_editor):
    """The table that counts towards limits, shared by all processes (settings.CACHES)."""
    call_command("createcachetable", "cache", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
