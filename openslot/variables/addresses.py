"""Addresses of other programs as URLs, and what Django's settings make of them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from openslot.variables import kinds

POSTGRES = ("postgres", "postgresql", "psql", "pgsql")
SMTP = ("smtp", "smtps", "smtp+tls", "smtp+ssl")
MAIL = (*SMTP, "consolemail", "filemail", "memorymail", "dummymail")


def database(url: str) -> dict[str, Any]:
    """An entry of DATABASES, as far as the address tells."""
    found: dict[str, Any] = environ.Env.db_url_config(url)
    return found


def mail(url: str) -> dict[str, Any]:
    """EMAIL_BACKEND, EMAIL_HOST and their like."""
    found: dict[str, Any] = environ.Env.email_url_config(url)
    return found


def storage(url: str) -> dict[str, Any]:
    """The options of django-storages: `s3://key:secret@endpoint/bucket`."""
    found = urlsplit(url)
    return {
        "access_key": found.username,
        "secret_key": found.password,
        "endpoint_url": f"https://{found.hostname}" if found.hostname else None,
        "bucket_name": found.path.strip("/"),
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
        found = urlsplit(url)
        hosted = found.hostname and (found.port or True)
    except ValueError:
        raise ValueError("must be like https://book.example.org") from None
    if not hosted or found.query or found.fragment:
        raise ValueError("must be like https://book.example.org")
    return url


def _begins(url: str, schemes: tuple[str, ...]) -> None:
    if not url.startswith(tuple(f"{scheme}://" for scheme in schemes)):
        raise ValueError(f"must begin with {kinds.any_of([f'{scheme}://' for scheme in schemes])}")
