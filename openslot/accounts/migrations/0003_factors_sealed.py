from django.db import migrations

from openslot.accounts import factors


def seal(apps, schema_editor):
    for row in apps.get_model("mfa", "Authenticator").objects.select_for_update():
        row.data = factors.sealed(row.data)
        row.save(update_fields=["data"])


def unseal(apps, schema_editor):
    for row in apps.get_model("mfa", "Authenticator").objects.select_for_update():
        row.data = factors.clear(row.data)
        row.save(update_fields=["data"])


class Migration(migrations.Migration):
    """What stood in clear is sealed with ENCRYPTION_KEYS."""

    dependencies = [
        ("accounts", "0002_folded_for_search"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]
    operations = [migrations.RunPython(seal, unseal)]
