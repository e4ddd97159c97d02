"""Everything that is stored about somebody, for them to take along."""

from __future__ import annotations

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from openslot.accounts.models import Provider, User
from openslot.kernel import privacy


def everything(user: User) -> dict[str, Any]:
    """What is stored about the user, ready for JSON; what they keep as a provider under "provider".

    Other people's private notes are theirs and not in it.
    """
    provider = Provider.objects.filter(user=user).first()
    kept: dict[str, Any] = {}
    for part in reversed(privacy.parts()):
        kept |= part.export(user)
    kept["provider"] = _provider(provider) if provider else None
    plain: dict[str, Any] = json.loads(json.dumps(kept, cls=DjangoJSONEncoder))
    return plain


def _provider(provider: Provider) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for part in reversed(privacy.parts()):
        kept |= part.export_provider(provider)
    return kept
