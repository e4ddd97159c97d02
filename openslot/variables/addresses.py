"""Addresses of other programs as URLs, and what Django's settings make of them."""

from __future__ import annotations

import importlib
import logging
from typing import Any
from urllib.parse import quote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from openslot.variables import kinds

POSTGRES = ("postgres", "postgresql", "psql", "pgsql")
SMTP = ("smtp", "smtps", "smtp+tls", "smtp+ssl")
PHONE = "{phone}"
MAIL = (*SMTP, "consolemail", "filemail", "memorymail", "dummymail")


def database(url: str) -> dict[str, Any]:
    """An entry of DATABASES, as far as the address tells."""
    config: dict[str, Any] = environ.Env.db_url_config(url)
    return config


def mail(url: str) -> dict[str, Any]:
    """EMAIL_BACKEND, EMAIL_HOST and their like."""
    config: dict[str, Any] = environ.Env.email_url_config(url)
    return config


def storage(url: str) -> dict[str, Any]:
    """The options of django-storages: `s3://key:secret@endpoint/bucket`."""
    address = urlsplit(url)
    return {
        "access_key": address.username,
        "secret_key": address.password,
        "endpoint_url": f"https://{address.hostname}" if address.hostname else None,
        "bucket_name": address.path.strip("/"),
        "querystring_auth": False,
    }


def of_postgres(url: str) -> str:
    _begins(url, POSTGRES)
    try:
        named = database(url).get("NAME")
    except ValueError:
        raise ValueError("must be like postgres://user:password@host:5432/name") from None
    if not named:
        raise ValueError("must end in the name of a database")
    return url


def of_mail(url: str) -> str:
    _begins(url, MAIL)
    try:
        hosted = mail(url).get("EMAIL_HOST")
    except (ValueError, ImproperlyConfigured):
        raise ValueError("must be like smtp+tls://user:password@host:587") from None
    if url.split(":", 1)[0] in SMTP and not hosted:
        raise ValueError("must name a host")
    return url


def of_storage(url: str) -> str:
    _begins(url, ("s3",))
    if not storage(url)["bucket_name"]:
        raise ValueError("must end in the name of a bucket")
    return url


def of_web(url: str) -> str:
    _begins(url, ("http", "https"))
    try:
        address = urlsplit(url)
        hosted = address.hostname and (address.port or True)
    except ValueError:
        raise ValueError("must be like https://book.example.org") from None
    if not hosted or address.query or address.fragment:
        raise ValueError("must be like https://book.example.org")
    return url


def of_page(url: str) -> str:
    """A page somewhere, with whatever its address holds."""
    _begins(url, ("http", "https"))
    try:
        hosted = urlsplit(url).hostname
    except ValueError:
        hosted = None
    if not hosted or any(character in url for character in ' "<>'):
        raise ValueError("must be like https://example.org/imprint")
    return url


def of_texting(url: str) -> str:
    if PHONE not in url or not gateway(url, "+4930901820"):
        raise ValueError(f"must be an address that apprise knows, with {PHONE} for the number")
    return url


def gateway(url: str, number: str) -> Any:
    """What an apprise address sends by, to that number; false where there is no such thing."""
    apprise = importlib.import_module("apprise")  # half a second, where nobody sends any texts
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)  # it would tell numbers and keys
    memory = apprise.PersistentStoreMode.MEMORY
    asset = apprise.AppriseAsset(app_id="OpenSlot", async_mode=False, storage_mode=memory)
    found = apprise.Apprise(asset=asset)
    found.add(url.replace(PHONE, quote(number, safe="")))
    return found


def _begins(url: str, schemes: tuple[str, ...]) -> None:
    if not url.startswith(tuple(f"{scheme}://" for scheme in schemes)):
        raise ValueError(f"must begin with {kinds.any_of([f'{scheme}://' for scheme in schemes])}")
