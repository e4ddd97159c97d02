"""Jobs that are over."""

from django.db import connection


def ended(status, *, days):
    """A job that ended so many days ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status)"
            " VALUES ('default', 'any', %s) RETURNING id",
            [status],
        )
        [job] = cursor.fetchone()
        cursor.execute("DELETE FROM procrastinate_events WHERE job_id = %s", [job])
        cursor.execute(
            "INSERT INTO procrastinate_events (job_id, type, at)"
            " VALUES (%s, %s, now() - make_interval(days => %s))",
            [job, status, days],
        )
    return job
