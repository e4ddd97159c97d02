"""What follows from the variables before Django is there: folders, addresses, the database."""

from __future__ import annotations

import secrets
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from django.conf.locale import LANG_INFO
from django.utils import translation

from openslot import embedded, variables
from openslot.kernel.postgres import patience
from openslot.variables import addresses

NEVER_BY_ITSELF = 2**31  # statements are prepared where the code says so (kernel/rows/composed.py)
PATIENCE = 10  # seconds for a connection of a command, which can wait
# A host that was cut off or has lost its power says nothing: after 25 seconds without a sign of it
# a connection ends. Without this a worker listens for hours to nobody.
KEPT_ALIVE = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}


def data_dir() -> Path:
    return Path(variables.text("DATA_DIR")).resolve()


def home() -> Path:
    """Of the embedded PostgreSQL."""
    return data_dir() / "postgres"


def has_embedded_database() -> bool:
    return not variables.is_set("DATABASE_URL")


def database() -> AbstractContextManager[None]:
    """The database for a block: the embedded one is started and stopped, another is left alone."""
    return embedded.using(home()) if has_embedded_database() else nullcontext()


def database_address() -> dict[str, Any]:
    """DATABASE_URL, or the PostgreSQL that comes along, as Django's DATABASES has it."""
    if has_embedded_database():
        return dict(embedded.dsn(home()))
    return addresses.database(variables.text("DATABASE_URL"))


def languages(folder: Path) -> list[tuple[str, str]]:
    """English and each language that there is a catalogue of, by what its speakers call it."""
    there = (each.parts[-3] for each in folder.glob("*/locale/*/LC_MESSAGES/*.mo"))
    codes = {translation.to_language(name) for name in there} - {"en"}
    return [(code, LANG_INFO[code]["name_local"]) for code in ("en", *sorted(codes))]


def database_settings() -> dict[str, Any]:
    """The address, and how a process keeps its connections: pooled, or none after a request."""
    address = database_address()
    pool_size = variables.number("DATABASE_POOL", 0)
    waiting = {"connect_timeout": 3 if pool_size else PATIENCE}
    options = waiting | KEPT_ALIVE | address.get("OPTIONS", {})
    if variables.is_on("DATABASE_PREPARED"):
        options["prepare_threshold"] = NEVER_BY_ITSELF
    if pool_size:
        options["pool"] = {
            "connection_class": patience.Connection,
            "min_size": 1,
            "max_size": pool_size,
            "timeout": patience.CONNECTION_SECONDS,
            "reconnect_timeout": patience.CONNECTION_SECONDS,  # the next request tries again
        }
    return {
        **address,
        "ENGINE": "openslot.kernel.postgres",
        "OPTIONS": options,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }


def production() -> bool:
    return variables.text("ENVIRONMENT") == "production"


def kept_secret(name: str) -> str:
    """A secret of the operator's; in development made once and kept in the data folder."""
    value = variables.text(name)
    if value or production():
        return value
    path = data_dir() / f"{name.lower()}.txt"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="ascii") as file:
            path.chmod(0o600)
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text(encoding="ascii").strip()


def port() -> int:
    return variables.number("PORT")


def bind() -> str:
    """The address to listen on: this machine alone, in production every interface."""
    return variables.text("BIND", "0.0.0.0" if production() else "127.0.0.1")  # noqa: S104


def base_url() -> str:
    """Where people reach it, without a slash at the end."""
    return variables.text("BASE_URL", f"http://localhost:{port()}").rstrip("/")


def mail_server() -> dict[str, Any]:
    """How mail leaves, under Django's names; without EMAIL_URL into a mailbox on this machine."""
    url = variables.text("EMAIL_URL")
    if not url:
        return {"EMAIL_BACKEND": "openslot.notifications.outgoing.mailbox.Backend"}
    said = addresses.mail(url)
    backend = said.get("EMAIL_BACKEND")
    if backend == "django.core.mail.backends.smtp.EmailBackend":
        backend = "openslot.notifications.outgoing.smtp.Backend"
    return {
        "EMAIL_BACKEND": backend,
        "EMAIL_HOST": said.get("EMAIL_HOST", ""),
        "EMAIL_PORT": said.get("EMAIL_PORT") or 25,
        "EMAIL_HOST_USER": said.get("EMAIL_HOST_USER") or "",
        "EMAIL_HOST_PASSWORD": said.get("EMAIL_HOST_PASSWORD") or "",
        "EMAIL_USE_TLS": said.get("EMAIL_USE_TLS", False),
        "EMAIL_USE_SSL": said.get("EMAIL_USE_SSL", False),
    }


def google_issuers() -> list[str]:
    """Who may have issued an identity: both names are Google's own, a third the emulator's."""
    emulator = variables.text("GOOGLE_EMULATOR_URL").rstrip("/")
    return ["https://accounts.google.com", "accounts.google.com", *([emulator] if emulator else [])]


def google_sign_in() -> dict[str, Any]:
    """What allauth is told about Google; it reads the addresses once, as it is imported."""
    client = {
        "client_id": variables.text("GOOGLE_CLIENT_ID"),
        "secret": variables.text("GOOGLE_CLIENT_SECRET"),
    }
    emulator = variables.text("GOOGLE_EMULATOR_URL").rstrip("/")
    addresses_there = {
        "AUTHORIZE_URL": f"{emulator}/o/oauth2/v2/auth",
        "ACCESS_TOKEN_URL": f"{emulator}/token",
        "IDENTITY_URL": f"{emulator}/oauth2/v2/userinfo",
        "CERTS_URL": f"{emulator}/oauth2/v1/certs",
    }
    return {
        "APPS": [client],
        "SCOPE": ["openid", "email", "profile"],
        "OAUTH_PKCE_ENABLED": True,
        "ID_TOKEN_ISSUER": google_issuers(),
    } | (addresses_there if emulator else {})
