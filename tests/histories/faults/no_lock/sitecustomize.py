"""A fault put in on purpose: nobody queues. Python reads this first where the folder is on its path."""

from django.db.models import QuerySet

QuerySet.select_for_update = lambda self, **_how: self
