"""An index beside writes that go on: not in a transaction."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("appointments", "0009_clocks")]

    operations = [
        AddIndexConcurrently(
            model_name="appointment",
            index=models.Index(
                condition=models.Q(("clock_start__isnull", False)),
                fields=["provider", "start"],
                name="appointment_beside_its_clock",
            ),
        ),
    ]
