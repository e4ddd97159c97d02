"""Every environment variable of OpenSlot, as docs/self-hosting.md shows them (a test compares)."""

from __future__ import annotations

from dataclasses import dataclass

from openslot.variables import addresses, kinds
from openslot.variables.kinds import choice, line, names, number, switch, text


@dataclass(frozen=True)
class Variable:
    """`default` is what an unset one holds; `otherwise` says it where it depends on something."""

    name: str
    kind: kinds.Kind
    meaning: str
    default: str = ""
    otherwise: str = ""
    secret: bool = False


VARIABLES = (
    Variable(
        "DATABASE_URL",
        addresses.of_postgres,
        "PostgreSQL 15 or newer: `postgres://user:password@host:5432/name`",
        otherwise="the embedded one",
        secret=True,
    ),
    Variable(
        "DATA_DIR",
        text,
        "folder of the embedded database, pictures, generated keys and backups, "
        "seen from the folder one is in",
        "data",
    ),
    Variable(
        "ENVIRONMENT",
        choice("development", "production"),
        "`development` or `production`; the latter refuses to start with an insecure setting",
        "development",
    ),
    Variable(
        "SECRET_KEY",
        text,
        "signs sessions, tokens and links; another one ends them all",
        otherwise="in development kept in `DATA_DIR`",
        secret=True,
    ),
    Variable(
        "ENCRYPTION_KEYS",
        text,
        "seals second factors, the access to calendars and the secrets of webhooks; of several, "
        "parted by commas, the first seals and all open. A backup is of use only with the keys of "
        "its time",
        otherwise="in development kept in `DATA_DIR`",
        secret=True,
    ),
    Variable(
        "BASE_URL",
        addresses.of_web,
        "where people reach it",
        otherwise="`http://localhost:PORT`",
    ),
    Variable("PORT", number(1, 65535), "the port listened on", "8000"),
    Variable(
        "BIND",
        text,
        "the address listened on",
        otherwise="`127.0.0.1`; in production `0.0.0.0`",
    ),
    Variable(
        "ALLOWED_HOSTS",
        names,
        "host names answered, parted by commas",
        otherwise="that of `BASE_URL`; in development those of this machine, too",
    ),
    Variable(
        "TRUSTED_PROXIES",
        number(0, 20),
        "how many reverse proxies stand before it, for limits and scheme alike; 0 believes no "
        "`X-Forwarded-…`, not even from this machine",
        "0",
    ),
    Variable(
        "WEB_PROCESSES",
        number(1, 1000),
        "processes of the web server",
        otherwise="one a core, at most 4",
    ),
    Variable("WEB_THREADS", number(1, 1000), "threads of each", "8"),
    Variable("WORKER_THREADS", number(1, 1000), "jobs that the worker does at a time", "2"),
    Variable("MAIL_THREADS", number(1, 1000), "mails that it sends at a time, beside them", "8"),
    Variable(
        "GOOGLE_THREADS", number(1, 1000), "calendars that it syncs at a time, beside them", "4"
    ),
    Variable(
        "WEBHOOK_THREADS", number(1, 1000), "webhooks that it calls at a time, beside them", "4"
    ),
    Variable(
        "DATABASE_POOL",
        number(0, 10_000),
        "connections of a process to the database",
        otherwise="as many as its threads",
    ),
    Variable(
        "DATABASE_PREPARED",
        switch,
        "whether hot statements are prepared; `off` behind a pooler that hands connections from "
        "transaction to transaction without keeping prepared statements",
        "on",
    ),
    Variable(
        "STATIC_ROOT",
        text,
        "where production's static files are gathered",
        otherwise="`DATA_DIR/static`",
    ),
    Variable(
        "EMAIL_URL",
        addresses.of_mail,
        "how mail leaves: `smtp+tls://user:password@host:587`",
        otherwise="in development a mailbox at `/dev/mail/`",
        secret=True,
    ),
    Variable(
        "DEFAULT_FROM_EMAIL",
        text,
        "whom mail is from",
        otherwise="`OpenSlot <openslot@host>`, the host of `BASE_URL`",
    ),
    Variable(
        "EMAIL_SMTPUTF8",
        switch,
        "the mail server takes letters beyond ASCII before the @ (RFC 6531)",
        "off",
    ),
    Variable(
        "EMAIL_VERIFICATION",
        choice("optional", "mandatory"),
        "whether an address must be confirmed before it counts: `optional` or `mandatory`",
        otherwise="`optional`; in production `mandatory`",
    ),
    Variable(
        "RATE_LIMITS",
        choice("on", "off"),
        "`off` is for load tests; refused in production",
        "on",
    ),
    Variable(
        "GOOGLE_CLIENT_ID",
        text,
        "sign-in and calendars with Google",
        otherwise="every Google control disappears",
    ),
    Variable("GOOGLE_CLIENT_SECRET", text, "goes with it", secret=True),
    Variable(
        "GOOGLE_CALENDAR_CLIENT_ID",
        text,
        "where the calendar has a client of its own",
        otherwise="`GOOGLE_CLIENT_ID`",
    ),
    Variable("GOOGLE_CALENDAR_CLIENT_SECRET", text, "goes with it", secret=True),
    Variable(
        "GOOGLE_EMULATOR_URL",
        addresses.of_web,
        "one root under which Google's own paths are served; refused in production",
    ),
    Variable(
        "GOOGLE_PUSH_ENABLED",
        choice("auto", "on", "off"),
        "whether Google calls when something changed: `auto` (where `BASE_URL` is public https), "
        "`on` or `off`",
        "auto",
    ),
    Variable(
        "GOOGLE_DELETE_GRACE_SECONDS",
        number(0, 86_400),
        "how long a deletion in Google waits for its undo",
        "120",
    ),
    Variable("MEDIA_URL", text, "where pictures are served from", "/media/"),
    Variable(
        "STORAGE_URL",
        addresses.of_storage,
        "`s3://key:secret@endpoint/bucket` keeps pictures in S3",
        otherwise="a folder in `DATA_DIR`",
        secret=True,
    ),
    Variable(
        "GUEST_VERIFICATION",
        choice("none", "code"),
        "how a guest shows that an address is theirs: `none` or `code`",
        otherwise="`none`; in production `code`",
    ),
    Variable(
        "IMPRINT_URL",
        addresses.of_page,
        "the page that says who runs this site; linked on every page and in every mail",
    ),
    Variable(
        "PRIVACY_URL",
        addresses.of_page,
        "the page that says what becomes of people's data; linked likewise",
    ),
    Variable(
        "CONSENT_TEXT",
        text,
        "what guests and who signs up agree to, beside a box to tick: `I agree to the terms.`",
        otherwise="nobody is asked",
    ),
    Variable(
        "CONSENT_URL",
        addresses.of_page,
        "where to read it; alone it asks for consent to the terms of the site",
    ),
    Variable(
        "CONSENT_VERSION",
        line(40),
        "which version of it that is, at most 40 letters; kept with each consent",
        "1",
    ),
    Variable(
        "PROVIDER_APPROVAL",
        choice("off", "on"),
        "whether whoever begins to offer time is found by nobody before an operator has let them "
        "in: `off` or `on`",
        "off",
    ),
    Variable(
        "RETENTION_DAYS",
        number(30, 36_500),
        "after so many days what appointments say of people is forgotten, and whoever has not come "
        "since; figures stay",
        otherwise="it is kept",
    ),
    Variable(
        "CHALLENGE",
        choice("off", "auto", "on"),
        "proof of work at sign-up and guest booking: `off`, `auto` or `on`",
        otherwise="`off`; in production `auto`",
    ),
    Variable(
        "WEBHOOKS_TO_PRIVATE",
        choice("on", "off"),
        "`on` lets webhooks reach private addresses; refused in production",
        "off",
    ),
    Variable(
        "NOTIFY_URL_SMS",
        addresses.of_texting,
        "an apprise address for text messages, with `{phone}` where the number goes",
        otherwise="none are sent",
        secret=True,
    ),
    Variable("METRICS_TOKEN", text, "the bearer token of `/metrics`", secret=True),
    Variable(
        "SSL_REDIRECT",
        switch,
        "`off` where a proxy already leads http to https",
        otherwise="`on` where `BASE_URL` is https",
    ),
    Variable(
        "HSTS_SECONDS",
        number(),
        "how long browsers keep to https",
        otherwise="in production with https a year",
    ),
    Variable(
        "HSTS_INCLUDE_SUBDOMAINS",
        switch,
        "whether that goes for every host below it, which only the domain's owner can know",
        "off",
    ),
    Variable(
        "HSTS_PRELOAD",
        switch,
        "whether browsers may put it on their own lists of such hosts",
        "off",
    ),
    Variable(
        "LOG_LEVEL",
        choice("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"),
        "how much is told",
        otherwise="`INFO`, of single jobs `WARNING`",
    ),
    Variable("DEBUG", switch, "Django's error pages; without effect in production", "off"),
    Variable("OPENSLOT_PG_USER", text, "as root: who the embedded PostgreSQL runs as"),
    Variable(
        "OPENSLOT_PG_BIN",
        text,
        "a folder with PostgreSQL's programs",
        otherwise="those that come along",
    ),
)
NAMED = {variable.name: variable for variable in VARIABLES}
# Told by one process of ours to another, and by `make soak` to the tests.
OF_THE_HOUSE = {"OPENSLOT_PARENT", "OPENSLOT_ROUNDS"}
