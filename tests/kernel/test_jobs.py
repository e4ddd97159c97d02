"""The job table stays in order by itself."""

from __future__ import annotations

import pytest
from asgiref.sync import async_to_sync
from procrastinate.contrib.django.models import ProcrastinateJob

from openslot.kernel import jobs
from tests.kernel.past import ended

pytestmark = pytest.mark.django_db


def test_jobs_that_failed_can_be_looked_at_for_thirty_days():
    young, old = ended("failed", days=29), ended("failed", days=31)
    also_old = ended("succeeded", days=31)
    async_to_sync(jobs.tidy.func)(timestamp=0)
    left = set(ProcrastinateJob.objects.values_list("pk", flat=True))
    assert young in left
    assert not {old, also_old} & left
