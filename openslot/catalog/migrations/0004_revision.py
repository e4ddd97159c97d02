"""Every write to what decides when a provider is free gives the provider another revision."""

from django.db import migrations

TABLES = ["catalog_service"]


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_categories"), ("accounts", "0007_revision")]

    operations = [
        migrations.RunSQL(
            f"SELECT provider_watched('{table}')", f"SELECT provider_unwatched('{table}')"
        )
        for table in TABLES
    ]
