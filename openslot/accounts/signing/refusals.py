"""What allauth's refusals say: our words for its codes."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WRONG_PASSWORD = _("That is not your password.")
WRONG_SIGN_IN = _("That address and password do not belong together.")
WRONG_CODE = _("These are not the digits, or they are too old.")
RUN_OUT = _("This link has run out.")
TOO_MANY = _("Too many tries. Wait a few minutes.")

ACCOUNT: dict[str, str | Promise] = {
    "account_inactive": _("This account is closed."),
    "cannot_remove_primary_email": _("Make another address the primary one first."),
    "duplicate_email": _("This address is yours already."),
    "email_password_mismatch": WRONG_SIGN_IN,
    "invalid_login": WRONG_SIGN_IN,
    "enter_current_password": WRONG_PASSWORD,
    "incorrect_password": WRONG_PASSWORD,
    "incorrect_code": WRONG_CODE,
    "invalid_or_expired_key": RUN_OUT,
    "invalid_password_reset": RUN_OUT,
    "max_email_addresses": _("You can have %d addresses at most."),
    "too_many_login_attempts": TOO_MANY,
    "rate_limited": TOO_MANY,
    "unverified_primary_email": _("Confirm the address first, then make it the primary one."),
}
FACTOR: dict[str, str | Promise] = {
    "add_email_blocked": _("Turn the second factor off first, then add the address."),
    "cannot_delete_authenticator": _("The second factor cannot be turned off."),
    "cannot_generate_recovery_codes": _("Recovery codes come with an authenticator app."),
    "incorrect_code": WRONG_CODE,
    "unverified_email": _("Confirm your e-mail address first."),
}
GOOGLE: dict[str, str | Promise] = {
    "invalid_token": _("Google's answer was none that counts. Try again."),
    "no_password": _("Set a password first: nothing else would let you in."),
    "no_verified_email": _("Confirm your e-mail address first: nothing else would let you in."),
    "disconnect_last": _("Set a password first: nothing else would let you in."),
    "connected_other": _("This Google account opens another account here."),
}
# Where somebody says again who they are: the other ways, by the id of each.
OTHER_WAYS: dict[str, str | Promise] = {
    "reauthenticate": _("By your password"),
    "mfa_reauthenticate": _("By a code"),
}
