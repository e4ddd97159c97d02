"""The door for Google's pushes: whether it is one of ours, and nothing else.

Google tries again on 5xx and on nothing else, so whatever is doubtful is 404 for good.
"""

from __future__ import annotations

import django.db
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from openslot.kernel.errors import NotFound
from openslot.sync import channels

LONGEST = 1024  # bytes of a body: Google sends none


@csrf_exempt
@require_POST
def push(request: HttpRequest) -> HttpResponse:
    """Something changed in a calendar. 204; 404 for what is no push of ours; 503 without a
    database.
    """
    said = {name: request.headers.get(f"X-Goog-{name}", "") for name in HEADERS}
    if request.read(LONGEST + 1)[LONGEST:]:
        return HttpResponse(status=404)
    try:
        channels.heard(
            said["Channel-ID"],
            token=said["Channel-Token"],
            resource_id=said["Resource-ID"],
            state=said["Resource-State"],
            number=said["Message-Number"],
        )
    except NotFound:
        return HttpResponse(status=404)
    except (django.db.OperationalError, django.db.InterfaceError):
        return HttpResponse(status=503)
    return HttpResponse(status=204)


HEADERS = ("Channel-ID", "Channel-Token", "Resource-ID", "Resource-State", "Message-Number")
