"""Which address is answered by whom."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from openslot.devtools.google import discovery
from openslot.devtools.google.calendars import api
from openslot.devtools.google.calendars.access import Caller
from openslot.devtools.google.errors import Refused
from openslot.devtools.google.faults import Call
from openslot.devtools.google.identity import oauth
from openslot.devtools.google.identity.grants import Access
from openslot.devtools.google.people import pages
from openslot.devtools.google.server import Answer

if TYPE_CHECKING:
    from openslot.devtools.google.emulator import Google

log = logging.getLogger(__name__)
CERTS = {"Cache_Control": "public, max-age=3600"}


def name(verb: str, path: str) -> str:
    """What a call is called: Google's method, or its path."""
    if not path.startswith(discovery.PREFIX):
        return path
    try:
        return discovery.find(verb, path)[0].id
    except Refused:
        return path


class Site:
    def __init__(self, google: Google) -> None:
        self.google = google

    def answer(self, call: Call, raw_query: str) -> Answer:
        with self.google.lock:
            self.google.tick()
            answer = self._answer(call, raw_query)
            self.google.tick()
        return answer

    def _answer(self, call: Call, raw_query: str) -> Answer:
        try:
            if call.path.startswith(discovery.PREFIX):
                return self._calendar(call, raw_query)
            return self._identity(call) or pages.answer(self.google, call)
        except Refused as refused:
            headers = {key.replace("-", "_"): each for key, each in refused.headers.items()}
            return Answer.of(refused.status, refused.body(), **headers)
        except oauth.Denied as denied:
            return Answer.of(denied.status, denied.body)

    # The calendar ----------------------------------------------------------------------------

    def _calendar(self, call: Call, raw_query: str) -> Answer:
        method, path = discovery.find(call.verb, call.path)
        access = self.google.identity.bearer(_header(call, "Authorization"))
        if method.scopes and not method.scopes & access.scopes:
            raise Refused(403, "insufficientPermissions")
        try:
            query = discovery.query(method, parse_qsl(raw_query, keep_blank_values=True))
            discovery.check_body(method, call.body)
        except Refused as refused:
            self.google.violations.append(f"{method.id}: {refused.message}")
            raise
        caller = Caller(access.grant.account.email, access.grant.client_id, access.scopes)
        match = _header(call, "If-Match")
        asked = api.Asked(self.google.world, caller, path, query, call.body or {}, match)
        answer = api.call(method.id, asked)
        self._ring_first(method, call)
        return self._checked(method, call, answer)

    def _checked(self, method: discovery.Method, call: Call, answer: Any) -> Answer:
        wrong = discovery.faults_of(method, answer)
        if wrong:
            self.google.bugs += [f"{method.id}: {one}" for one in wrong]
            return Answer.of(500, {"error": {"code": 500, "message": "; ".join(wrong)}})
        if answer is None:
            return Answer(204)
        etag = answer.get("etag", "")
        if etag and _header(call, "If-None-Match") == etag:
            return Answer(304, headers={"ETag": etag})
        return Answer.of(200, answer, **({"ETag": etag} if etag else {}))

    def _ring_first(self, method: discovery.Method, call: Call) -> None:
        if method.id.endswith(".watch"):
            self.google.pushes.tell(self.google.world.channels[call.body["id"]], "sync")

    # Identity --------------------------------------------------------------------------------

    def _identity(self, call: Call) -> Answer | None:
        google = self.google
        match call.path:
            case "/token" | "/oauth2/v4/token":
                body = google.oauth.token(_form(call), _header(call, "Authorization"))
            case "/revoke" | "/o/oauth2/revoke":
                body = google.oauth.revoke(_form(call).get("token") or call.first("token"))
            case "/oauth2/v1/certs" | "/oauth2/v3/certs":
                body = google.key.pems() if "v1" in call.path else google.key.jwks()
                return Answer.of(200, body, **CERTS)
            case "/oauth2/v2/userinfo" | "/oauth2/v3/userinfo":
                body = self._userinfo(call)
            case _:
                return None
        return Answer.of(200, body)

    def _userinfo(self, call: Call) -> dict[str, Any]:
        access: Access = self.google.identity.bearer(_header(call, "Authorization"))
        version = 2 if "v2" in call.path else 3
        return oauth.userinfo(access.grant.account, access.scopes, version=version)


def _header(call: Call, wanted: str) -> str:
    return next((each for key, each in call.headers.items() if key.lower() == wanted.lower()), "")


def _form(call: Call) -> dict[str, str]:
    body = call.body if isinstance(call.body, dict) else {}
    return {key: each[0] for key, each in body.items() if isinstance(each, list)}
