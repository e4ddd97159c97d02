"""Every write to what decides when a provider is free gives the provider another revision."""

from django.db import migrations

TABLES = ["appointments_appointment"]


class Migration(migrations.Migration):
    dependencies = [("appointments", "0004_booked_as"), ("accounts", "0007_revision")]

    operations = [
        migrations.RunSQL(
            f"SELECT provider_watched('{table}')", f"SELECT provider_unwatched('{table}')"
        )
        for table in TABLES
    ]
