"""The town as both doors see it: who knocks, and what stands behind each address."""

from __future__ import annotations

import io
import re
import uuid
from typing import Any

from django.test import Client
from django.urls import URLPattern, URLResolver
from PIL import Image
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import AccessToken

from openslot.accounts.models import User
from openslot.appointments.models import Act
from tests import town

# Bob is the customer and Ada the provider of what is asked for; Carol and Dan are the strangers.
WHO = ("anonymous", "bob", "carol", "ada", "dan")
METHODS = ("get", "post", "put", "patch", "delete")


def versions_raised(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
    """For `connection.execute_wrapper`: no write leaves an appointment's version as it was."""
    answer = execute(sql, params, many, context)
    writes = sql.startswith('UPDATE "appointments_appointment"')
    if writes and context["cursor"].rowcount > 0:
        assert '"version" =' in sql, f"this passes by the ledger: {sql}"
    return answer


def ways(house: dict[str, Any]) -> set[str]:
    """By what ways came what was done since the house was built."""
    since = Act.objects.exclude(pk__in=house["acts"])
    return set(since.values_list("via", flat=True))


PARAMETER = re.compile(r"<(\w+):(\w+)>")


def parameters(route: str, house: dict[str, Any]) -> dict[str, Any]:
    """What to put in for the route's parameters."""
    found: dict[str, Any] = {}
    for kind, name in PARAMETER.findall(route):
        if kind == "uuid":
            found[name] = next(pk for word, pk in house["ids"].items() if route.startswith(word))
        else:
            guests = f"guest {name}" if "guest/" in route else name
            found[name] = house["words"][guests]
    return found


def filled(route: str, given: dict[str, Any]) -> str:
    return PARAMETER.sub(lambda found: str(given[found[2]]), route)


def nobody_s(given: dict[str, Any]) -> dict[str, Any]:
    """The same with ids that are nobody's."""
    return {
        name: uuid.uuid4() if isinstance(value, uuid.UUID) else value
        for name, value in given.items()
    }


def machine(user: User | None) -> APIClient:
    """A client of the API."""
    client = APIClient(raise_request_exception=False)
    if user is not None:
        token = AccessToken.for_user(user)
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def browser(user: User | None) -> Client:
    """Somebody at the pages."""
    client = Client(raise_request_exception=False)
    if user is not None:
        town.sign_in(client, user)
    return client


def routes(patterns: list[Any]) -> dict[str, URLPattern]:
    """Every address with its pattern; what takes all that is left is none."""
    found: dict[str, URLPattern] = {}
    for each in patterns:
        if isinstance(each, URLResolver):
            found |= routes(each.url_patterns)
        elif str(each.pattern):
            found[str(each.pattern)] = each
    return found


def bare(answer: Any) -> bytes:
    """What a page says, without the token that is another each time and its own address."""
    text = re.sub(rb"\b[A-Za-z0-9]{64}\b", b"", answer.content)
    return re.sub(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", b"", text)


def photo() -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(file, "PNG")
    file.name = "photo.png"
    file.seek(0)
    return file
