"""Looks for Google's tokens where none may stand in clear, at the end of every test with a Google.

That is: log records of every level (their traces too, and the arguments of jobs as Procrastinate
logs them), every column of every table, sessions, the cache.
"""

import base64
import logging
import re

from django.contrib.sessions.models import Session
from django.db import connection

KINDS = r"ya29\.[A-Za-z0-9_-]{8}|1//[A-Za-z0-9_-]{20}|4/[A-Za-z0-9_-]{30}"
TALKATIVE = ("procrastinate", "openslot", "allauth", "google", "urllib3", "django.request")


class Watch(logging.Handler):
    """While it is on, everything that is logged by whom it concerns is looked at."""

    def __init__(self, issued):
        super().__init__(logging.DEBUG)
        self.issued = issued  # what is secret, as it is made
        self.lines = []
        self.before = {}

    def __enter__(self):
        logging.getLogger().handlers.insert(0, self)  # before the one that masks what it writes
        for name in TALKATIVE:
            self.before[name] = logging.getLogger(name).level
            logging.getLogger(name).setLevel(logging.DEBUG)
        return self

    def __exit__(self, *_):
        logging.getLogger().removeHandler(self)
        for name, level in self.before.items():
            logging.getLogger(name).setLevel(level)

    def emit(self, record):
        self.lines.append(f"log {record.name}: {self.format(record)}")

    def leaks(self):
        """Where a secret stands, in words."""
        places = [*self.lines, *_stored()]
        return [_short(place) for place in places if self._tells(place)]

    def _tells(self, text):
        return bool(re.search(KINDS, text)) or any(each in text for each in self.issued)


def _stored():
    """What the database holds, a text for each row; nothing where the test has no database."""
    try:
        with connection.cursor() as cursor:
            if connection.needs_rollback:
                return
            for table in connection.introspection.table_names(cursor):
                cursor.execute(f'SELECT t::text FROM "{table}" t')
                yield from (f"table {table}: {row}" for (row,) in cursor.fetchall())
            cursor.execute("SELECT value FROM cache")
            for (value,) in cursor.fetchall():
                yield f"cache: {base64.b64decode(value).decode('latin-1')}"
        for session in Session.objects.all():
            yield f"session: {session.get_decoded()}"
    except RuntimeError:  # pytest-django: this test may not ask
        return


def _short(text):
    """Enough to find the place; the secret itself is cut."""
    return re.sub(KINDS, lambda found: f"{found[0][:6]}…", text)[:300]
