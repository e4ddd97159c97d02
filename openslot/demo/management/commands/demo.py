from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from openslot.accounts.models import Provider, User
from openslot.demo import build, town


class Command(BaseCommand):
    help = "Fill an empty database with an example town and print its two logins."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo has known passwords: it is not for production.")
        if not User.objects.exists() and not Provider.objects.exists():
            with transaction.atomic():
                build.build()
        if User.objects.filter(email=town.PROVIDER_LOGIN).exists():
            self.stdout.write(
                f"Demo logins (password {town.PASSWORD}):\n"
                f"  a provider  {town.PROVIDER_LOGIN}\n"
                f"  a customer  {town.CUSTOMER_LOGIN}"
            )
