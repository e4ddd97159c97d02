"""The few calls of Google's Calendar API (v3) that are needed, over google-auth's session.

What each sends is documented at developers.google.com/calendar/api/v3/reference; a test holds it
against Google's discovery document.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Self
from urllib.parse import quote

import requests
from django.conf import settings
from django.utils import timezone
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import AuthorizedSession

from openslot.sync.google import faults, oauth, places, tokens
from openslot.sync.models import Connection, Request

Event = dict[str, Any]
PAGE = 2500  # the most events that Google gives at once


class Google:
    """A connection's account. Every call raises a `Fault` where Google does not answer well."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.calls = 0  # so far
        self._session: requests.Session = AuthorizedSession(  # type: ignore[no-untyped-call]
            tokens.credentials(connection), refresh_timeout=settings.GOOGLE_TIMEOUT[1]
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def calendars(self, *, page: str = "") -> dict[str, Any]:
        """A page of the person's calendars."""
        return self._call("calendarList.list", "GET", "/users/me/calendarList", pageToken=page)

    def events(self, calendar: str, **asked: str) -> dict[str, Any]:
        """A page of a calendar's events, series expanded by Google itself."""
        fixed = {"singleEvents": "true", "showDeleted": "true", "maxResults": str(PAGE)}
        return self._call("events.list", "GET", _events(calendar), None, **fixed, **asked)

    def get(self, calendar: str, event: str) -> Event:
        return self._call("events.get", "GET", _event(calendar, event))

    def insert(self, calendar: str, body: Event) -> Event:
        """Make an event under the id in `body`; nobody is invited or told."""
        return self._call("events.insert", "POST", _events(calendar), body, **_write(body))

    def patch(self, calendar: str, event: str, body: Event, *, etag: str) -> Event:
        """Change these fields alone, where the event is still the one of the etag."""
        path = _event(calendar, event)
        return self._call("events.patch", "PATCH", path, body, etag=etag, **_write(body))

    def delete(self, calendar: str, event: str) -> None:
        self._call("events.delete", "DELETE", _event(calendar, event), sendUpdates="none")

    def watch(self, calendar: str, body: dict[str, Any]) -> dict[str, Any]:
        """Have Google call us when the calendar changes."""
        return self._call("events.watch", "POST", f"{_events(calendar)}/watch", body)

    def stop(self, channel: str, resource: str) -> None:
        body = {"id": channel, "resourceId": resource}
        self._call("channels.stop", "POST", "/channels/stop", body)

    def _call(
        self,
        name: str,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        etag: str = "",
        **params: str,
    ) -> dict[str, Any]:
        self.calls += 1
        begun = time.perf_counter()
        status, reason = 0, ""
        try:
            answer = self._session.request(
                method,
                places.calendar() + path,
                params={key: value for key, value in params.items() if value},
                json=body,
                headers={"If-Match": etag} if etag else {},
                timeout=settings.GOOGLE_TIMEOUT,
                allow_redirects=False,
            )
            status = answer.status_code
            return oauth.read(answer)
        except GoogleAuthError as error:
            fault = faults.of_refresh(error)
            reason = fault.reason
            raise fault from None
        except requests.RequestException as error:
            reason = type(error).__name__
            raise faults.Retry(reason=reason) from None
        except faults.Fault as fault:
            reason = fault.reason
            raise
        finally:
            took = round((time.perf_counter() - begun) * 1000)
            self._note(name, status, reason, took)

    def _note(self, name: str, status: int, reason: str, took: int) -> None:
        Request.objects.create(
            connection_id=self.connection.pk,
            at=timezone.now(),
            method=name,
            status=status,
            reason=reason[:100],
            milliseconds=took,
        )


def _write(body: Event) -> dict[str, str]:
    """What goes with a write; without its version Google ignores a conference."""
    meets = {"conferenceDataVersion": "1"} if "conferenceData" in body else {}
    return {"sendUpdates": "none", **meets}


def _events(calendar: str) -> str:
    return f"/calendars/{quote(calendar, safe='')}/events"


def _event(calendar: str, event: str) -> str:
    return f"{_events(calendar)}/{quote(event, safe='')}"
