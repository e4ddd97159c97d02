"""Which error is which status, and problem details (RFC 9457) for every one of them."""

from rest_framework.views import exception_handler


def answer(exc, context):  # type: ignore[no-untyped-def]
    return exception_handler(exc, context)
