"""After a test with real commits every table is as the migrations left it.

Django's own flush knows the tables of its models alone. It leaves the jobs (their models are not
managed) and the cache (it has none), and takes what migrations filled in, so that a test would find
what another one left, or miss what the next one has.
"""

from django.db import connection
from psycopg import sql

AS_MIGRATED = "as_migrated"  # a schema with copies of the tables that migrations fill
# The flush fills these anew by itself, or leaves them.
DJANGOS_OWN = {"django_migrations", "django_content_type", "auth_permission"}


def tables(schema="public"):
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])
        return {name for (name,) in cursor} - DJANGOS_OWN


def counted(schema="public"):
    """How many rows the tables hold that hold any."""
    with connection.cursor() as cursor:
        found = {}
        for name in tables(schema):
            cursor.execute(_about("SELECT count(*) FROM {}", schema, name))
            found[name] = cursor.fetchone()[0]
    return {name: rows for name, rows in found.items() if rows}


def remember():
    """Copy what the migrations have filled in; once, before any test."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {AS_MIGRATED} CASCADE")
        cursor.execute(f"CREATE SCHEMA {AS_MIGRATED}")
        for name in counted():
            copy, filled = (sql.Identifier(schema, name) for schema in (AS_MIGRATED, "public"))
            cursor.execute(sql.SQL("CREATE TABLE {} AS TABLE {}").format(copy, filled))


def empty():
    """Take what the flush left, and put back what it took."""
    with connection.cursor() as cursor:
        for name in counted():
            cursor.execute(_about("TRUNCATE {} CASCADE", "public", name))
        for name in tables(AS_MIGRATED):
            copy, emptied = (sql.Identifier(schema, name) for schema in (AS_MIGRATED, "public"))
            cursor.execute(sql.SQL("INSERT INTO {} TABLE {}").format(emptied, copy))


def _about(text, schema, name):
    return sql.SQL(text).format(sql.Identifier(schema, name))
