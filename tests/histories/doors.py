"""Both doors over HTTP, as a program and as a browser use them, and what their answers mean."""

from __future__ import annotations

import re
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

import requests

from tests.histories.calls import DONE, REFUSED, Call

PATIENCE = 60  # seconds until somebody gives up asking again
TIMEOUT = 20
AGAIN = 0.1
AWAY = {502, 503, 504}  # the house says it, or a proxy before it: nobody knows whether it was done
TOKEN_LASTS = 300  # a third of what it is good for

# How the pages say what the API says in a code.
SENTENCES = {
    "That time was just taken": "slot_taken",
    "You have another appointment at that time": "customer_busy",
    "The provider is away at that time": "slot_unavailable",
    "The provider does not work at that time": "slot_unavailable",
    "That is not possible any more": "invalid_transition",
    "changed in the meantime": "version_mismatch",
    "Already taken": "slot_taken",
    "Not every date of the series is free": "series_conflict",
}
TOAST = re.compile(
    r'<div class="toast-note" data-level="(\w+)">.*?<p data-text>(.*?)</p>', re.DOTALL
)
PAUSE = threading.Event()  # never set: something to wait for


class Line:
    """How somebody reaches the house: a connection of their own, and patience."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.session = requests.Session()
        self.token, self.since = "", 0.0
        self.credentials: dict[str, str] = {}

    def ask(self, method: str, path: str, **more: Any) -> requests.Response | None:
        """The answer; None where none came, or one that says to come again."""
        try:
            answer = self.session.request(
                method, self.base + path, timeout=TIMEOUT, allow_redirects=False, **more
            )
        except requests.RequestException:
            return None
        return None if answer.status_code in AWAY else answer

    def insist(self, method: str, path: str, **more: Any) -> requests.Response:
        """Ask until an answer comes; for what may be asked twice."""
        deadline = time.monotonic() + PATIENCE
        while (answer := self.ask(method, path, **more)) is None:
            if time.monotonic() > deadline:
                raise TimeoutError(f"no answer in {PATIENCE} s: {method} {path}")
            PAUSE.wait(AGAIN)
        return answer

    # As a program -----------------------------------------------------------------------------

    def api(self, method: str, path: str, body: Any = None, key: str = "") -> Callable[[], Any]:
        """A request under /api/, to be sent as often as it takes."""
        headers = {"Idempotency-Key": key} if key else {}
        if self.credentials:
            headers["Authorization"] = f"Bearer {self._access()}"
        more = {"json": body} if body is not None else {}
        return lambda: self.ask(method, f"/api/{path}", headers=headers, **more)

    def _access(self) -> str:
        if time.monotonic() - self.since > TOKEN_LASTS or not self.token:
            answer = self.insist("post", "/api/token/", json=self.credentials)
            assert answer.status_code == 200, answer.text
            self.token, self.since = answer.json()["access"], time.monotonic()
        return self.token

    # As a browser -----------------------------------------------------------------------------

    def sign_in(self) -> None:
        form = {"login": self.credentials["email"], "password": self.credentials["password"]}
        answer = self.form("/accounts/login/", form)()
        assert answer is not None, "nobody answered"
        assert answer.status_code == 302, answer.text

    def form(self, path: str, fields: dict[str, Any]) -> Callable[[], Any]:
        """A form as its page would send it, with a key that is the same however often it is."""
        known = self.session.cookies.get("csrftoken")
        if not known:
            self.insist("get", "/accounts/login/")
            known = self.session.cookies.get("csrftoken")
        sent = {"once": uuid.uuid4().hex} | fields
        headers = {"X-CSRFToken": known or "", "Referer": self.base + "/"}
        return lambda: self.ask("post", path, data=sent, headers=headers)

    def toasts(self, answer: requests.Response) -> list[tuple[str, str]]:
        """What is told on the page that an answer leads to: level and words."""
        page = self.insist("get", answer.headers["Location"])
        return TOAST.findall(page.text)


def deliver(call: Call, send: Callable[[], Any], *, again: bool) -> requests.Response | None:
    """Send it, and note when its answer was there. Only what has a key is sent `again`."""
    deadline = time.monotonic() + PATIENCE
    while (answer := send()) is None and again and time.monotonic() < deadline:
        PAUSE.wait(AGAIN)
        call.sends += 1
    if answer is not None:
        call.ended = time.time()
    return answer


def judge_api(call: Call, answer: requests.Response | None) -> Any:
    """Note what came of it; the body of what was done."""
    if answer is None:
        return None
    if answer.status_code < 300:
        call.outcome = DONE
        return answer.json() if answer.content else {}
    said = answer.json()
    _refused(call, answer.status_code, said.get("code", "unread"))
    call.answer = {k: said[k] for k in ("conflicts", "errors", "detail") if said.get(k)}
    return None


def judge_page(call: Call, answer: requests.Response | None, line: Line, *, told: bool) -> str:
    """The same of a form: where it leads to when it was done.

    `told`: whether it was is said on the page that follows alone.
    """
    if answer is None:
        return ""
    if answer.status_code != 302:
        _refused(call, answer.status_code, _read(answer.text))
        return ""
    toasts = line.toasts(answer) if told else []
    wrong = [words for level, words in toasts if level == "error"]
    if wrong or (told and not toasts):
        _refused(call, 409, _read(" ".join(wrong)))
        return ""
    call.outcome = DONE
    return answer.headers["Location"]


def _refused(call: Call, status: int, code: str) -> None:
    if status >= 500:
        call.code = "server_error"
        return
    call.outcome, call.code = REFUSED, "not_found" if status == 404 else code
    if code == "unread":
        call.answer = {"status": status}


def _read(text: str) -> str:
    return next((code for words, code in SENTENCES.items() if words in text), "unread")
