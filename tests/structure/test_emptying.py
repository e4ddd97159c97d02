"""What a test with real commits leaves, no other one finds."""

import uuid

import pytest
from django.core.cache import cache
from django.db import connection

from openslot.catalog.models import Category
from openslot.kernel import events
from tests import emptying

LEFT = {"procrastinate_jobs", "procrastinate_events", "procrastinate_workers", "cache"}


# Of three turns two at least have the same worker, if there are two: the later one finds out.
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(3))
def test_a_test_with_real_commits_finds_what_the_migrations_left_and_no_more(turn):
    migrated = emptying.counted(emptying.AS_MIGRATED)
    assert migrated.keys() == {Category._meta.db_table}
    assert emptying.counted() == migrated
    events.publish(uuid.uuid4())
    cache.set("turn", turn)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
    Category.objects.all().delete()
    assert emptying.counted().keys() == LEFT
