"""The application as the web server loads it: once, before its processes part."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

# Python looks for circles among new objects when there are so many; a page makes thousands.
CIRCLES_AFTER = 25_000

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openslot.settings")

application = get_wsgi_application()

# Every view is loaded now, rather than at the first request; what stays is not gone through again.
get_resolver().url_patterns  # noqa: B018
gc.collect()
gc.freeze()
gc.set_threshold(CIRCLES_AFTER, 20, 50)
