import logging

from django.db import migrations

import openslot.accounts.addresses
from openslot.accounts.addresses import canonical

logger = logging.getLogger("openslot.accounts")

OTHERWISE = r"[^ -~]|xn--|[A-Z]"  # what may be spelled in another way
TWO = (
    "Accounts {} go by spellings of one address. Give one of each pair another address, or erase"
    " it, with the release that ran before; nothing has been changed."
)


def respell(apps, schema_editor):
    users = _respelled(apps.get_model("accounts", "User"))
    shown = _addresses(apps.get_model("account", "EmailAddress"))
    if users or shown:
        raise RuntimeError(TWO.format(", ".join(f"{a} and {b}" for a, b in {*users, *shown})))
    _guests(apps.get_model("accounts", "Customer"))


def _respelled(User):
    pairs = []
    for user in User.objects.filter(email__regex=OTHERWISE).order_by("date_joined", "pk"):
        email = canonical(user.email)
        other = User.objects.filter(email=email).exclude(pk=user.pk).first()
        if other:
            pairs.append((other.pk, user.pk))
        else:
            User.objects.filter(pk=user.pk).update(email=email)
    return pairs


def _addresses(EmailAddress):
    pairs = []
    for row in EmailAddress.objects.filter(email__regex=OTHERWISE).order_by("pk"):
        email = canonical(row.email)
        same = EmailAddress.objects.filter(email=email).exclude(pk=row.pk)
        own = same.filter(user_id=row.user_id).first()
        other = same.filter(verified=True).exclude(user_id=row.user_id).first()
        if row.verified and other:
            pairs.append((other.user_id, row.user_id))
        elif own:
            row.delete()
            own.verified, own.primary = own.verified or row.verified, own.primary or row.primary
            own.save()
        else:
            EmailAddress.objects.filter(pk=row.pk).update(email=email)
    return pairs


def _guests(Customer):
    """One whom a provider knows by both spellings stays two; who books them next finds the older."""
    for guest in Customer.objects.filter(email__regex=OTHERWISE).order_by("created_at", "pk"):
        email = canonical(guest.email)
        known = Customer.objects.filter(provider_id=guest.provider_id, user=None, email=email)
        if guest.user_id is None and known.exclude(pk=guest.pk).exists():
            logger.warning("customer=%s is known by another spelling already", guest.pk)
        else:
            Customer.objects.filter(pk=guest.pk).update(email=email)


class Migration(migrations.Migration):
    """Addresses of mail get their one spelling: domains in letters, not as xn--."""

    dependencies = [
        ("accounts", "0004_credentials_version"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [
        # Before the columns know of it: they would not find what is spelled otherwise.
        migrations.RunPython(respell, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="customer",
            name="email",
            field=openslot.accounts.addresses.AddressField(blank=True, max_length=254),
        ),
        migrations.AlterField(
            model_name="user",
            name="email",
            field=openslot.accounts.addresses.AddressField(max_length=254),
        ),
    ]
