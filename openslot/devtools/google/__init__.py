"""A Google that runs on loopback: accounts, consent, tokens, calendars, pushes, and their faults.

Its truth is Google's discovery document: every request and every answer is checked against it. It
is for development and tests, and is refused in production.
"""

from openslot.devtools.google.emulator import CLIENT_ID, CLIENT_SECRET, SCOPES, Google

__all__ = ["CLIENT_ID", "CLIENT_SECRET", "SCOPES", "Google"]
