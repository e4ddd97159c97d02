"""The consent page: choose an account, allow one thing and not another, or turn back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openslot.devtools.google.faults import Call
from openslot.devtools.google.identity import consent
from openslot.devtools.google.identity.grants import Account
from openslot.devtools.google.people import look
from openslot.devtools.google.server import Answer

if TYPE_CHECKING:
    from openslot.devtools.google.emulator import Google

PATH = "/o/oauth2/v2/auth"
OTHER = "another"


def answer(google: Google, call: Call, form: dict[str, list[str]]) -> Answer:
    try:
        request = consent.read(google.identity, call.query)
    except consent.Unusable as error:
        return look.page("Access blocked", f"<p>{error}</p>", status=400)
    if call.verb != "POST":
        return _page(google, request)
    if form.get("action") != ["allow"]:
        return Answer.redirect(consent.deny(request))
    account = _chosen(google, form)
    if account is None:
        return _page(google, request)
    return Answer.redirect(consent.allow(google.identity, request, account, form.get("scope", [])))


def _chosen(google: Google, form: dict[str, list[str]]) -> Account | None:
    email = form.get("account", [OTHER])[0]
    if email != OTHER:
        return google.identity.accounts.get(email)
    email = form.get("email", [""])[0].strip().lower()
    if "@" not in email or email in google.identity.accounts:
        return google.identity.accounts.get(email)
    first, _, last = form.get("name", [""])[0].strip().partition(" ")
    verified = "verified" in form
    return google.account(email, first, family_name=last, email_verified=verified).account


def _page(google: Google, request: consent.Request) -> Answer:
    known = list(google.identity.accounts.values())
    chosen = request.hint or (known[0].email if known else OTHER)
    accounts = [
        look.tick(
            f"{one.name} · {one.email}", "account", one.email, on=one.email == chosen, kind="radio"
        )
        for one in known
    ]
    other = look.tick("Another account", "account", OTHER, on=chosen == OTHER, kind="radio")
    choices = [
        look.tick(consent.WORDS.get(scope, scope), "scope", scope, on=True)
        for scope in request.choices
    ]
    return look.page(
        "Sign in with Google",
        f'<p class="muted">to continue to {request.host}</p>',
        look.form(
            "<fieldset><legend>Who are you?</legend>",
            *accounts,
            other,
            look.field("Its address", "email", kind="email"),
            look.field("Its name", "name"),
            look.tick("Google has verified this address", "verified", "1", on=True),
            "</fieldset>",
            "<p>It will see your name and your address.</p>",
            *_fieldset(choices),
            look.actions(
                look.button("Continue", "allow", main=True), look.button("Cancel", "deny")
            ),
        ),
    )


def _fieldset(choices: list[str]) -> list[str]:
    if not choices:
        return []
    return ["<fieldset><legend>It also wants to</legend>", *choices, "</fieldset>"]
