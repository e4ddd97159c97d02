"""Every write to what decides when a provider is free gives the provider another revision."""

from django.db import migrations

TABLES = ["availability_workinghours", "availability_specialhours", "availability_timeoffspan", "availability_busy"]


class Migration(migrations.Migration):
    dependencies = [("availability", "0002_what_stood"), ("accounts", "0007_revision")]

    operations = [
        migrations.RunSQL(
            f"SELECT provider_watched('{table}')", f"SELECT provider_unwatched('{table}')"
        )
        for table in TABLES
    ]
