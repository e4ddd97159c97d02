"""A process of its own that asks for services all the time, until nothing more comes from whoever
started it: `python -m tests.races.asking SLUG SERVICE…`, the database by DATABASE_URL.

At the end it writes what it was told, each answer with the provider's revision before and after.
"""

from __future__ import annotations

import json
import os
import select
import sys
from uuid import UUID

import django


def main(slug, *services):
    from openslot.accounts.models import Provider  # noqa: PLC0415  (it wants Django)

    def revision():
        return str(Provider.objects.values_list("revision", flat=True).get(slug=slug))

    answers = []
    for turn in range(sys.maxsize):
        over = turn and select.select([sys.stdin], [], [], 0)[0]
        for one, ask in asked(slug, services).items():
            before = revision()
            answer = ask()
            answers.append((one, before, answer, revision()))
        if not turn:
            sys.stdout.write("ready\n")
            sys.stdout.flush()
        if over:
            break
    json.dump(answers, sys.stdout)


def asked(slug, services):
    """By service, once alone and once among the others."""
    from openslot.catalog import known  # noqa: PLC0415  (likewise)
    from openslot.catalog.models import Service  # noqa: PLC0415

    def alone(service):
        return lambda: seen(known.offered(slug, UUID(service)))

    def among(service):
        all_of_them = Service.objects.offered().filter(pk__in=services).order_by("pk")
        return lambda: seen(
            next((each for each in known.current(all_of_them) if str(each.pk) == service), None)
        )

    ways = {f"alone {each}": alone(each) for each in services}
    return ways | {f"among {each}": among(each) for each in services}


def seen(service):
    """What a customer goes by; None for what is not offered."""
    if service is None:
        return None
    return [
        *(service.name, service.duration_minutes, str(service.tariff)),
        *(service.provider.name, service.provider.buffer_after_minutes),
    ]


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openslot.settings")
    django.setup()
    main(*sys.argv[1:])
