"""Accounts and how they sign in; what the operator decides about people and their data."""

from __future__ import annotations

from typing import Any

from openslot import variables
from openslot.settings.place import HTTPS, PRODUCTION

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "openslot.accounts.signing.hashers.Argon2idHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
PASSWORDS = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": f"{PASSWORDS}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{PASSWORDS}.CommonPasswordValidator"},
    {"NAME": f"{PASSWORDS}.NumericPasswordValidator"},
    {"NAME": "openslot.accounts.signing.words.OwnWordsValidator"},
    {"NAME": "openslot.accounts.signing.words.SiteWordsValidator"},
]
# E-mail is unique by a constraint; whether HSTS may hold for other hosts only their owner knows.
SILENCED_SYSTEM_CHECKS = ["auth.W004", "security.W005", "security.W021"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
RATE_LIMITS = variables.text("RATE_LIMITS")
EMAIL_VERIFICATION = variables.text("EMAIL_VERIFICATION", "mandatory" if PRODUCTION else "optional")

ACCOUNT_ADAPTER = "openslot.accounts.signing.adapter.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "openslot.accounts.signing.adapter.SocialAccountAdapter"
ACCOUNT_FORMS = {
    "login": "openslot.accounts.signing.forms.LoginForm",
    "add_email": "openslot.accounts.signing.forms.AddEmailForm",
    "signup": "openslot.accounts.signing.forms.SignupForm",
    "reset_password": "openslot.accounts.signing.forms.ResetPasswordForm",
    "user_token": "openslot.accounts.signing.forms.UserTokenForm",
    "reset_password_from_key": "openslot.accounts.signing.forms.ResetPasswordKeyForm",
    "change_password": "openslot.accounts.signing.own_forms.ChangePasswordForm",
    "set_password": "openslot.accounts.signing.own_forms.SetPasswordForm",
    "reauthenticate": "openslot.accounts.signing.own_forms.ReauthenticateForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
GUEST_VERIFICATION = variables.text("GUEST_VERIFICATION", "code" if PRODUCTION else "none")
IMPRINT_URL = variables.text("IMPRINT_URL")
PRIVACY_URL = variables.text("PRIVACY_URL")
CONSENT_TEXT = variables.text("CONSENT_TEXT")
CONSENT_URL = variables.text("CONSENT_URL")
CONSENT_VERSION = variables.text("CONSENT_VERSION")
PROVIDER_APPROVAL = variables.text("PROVIDER_APPROVAL")
RETENTION_DAYS = variables.number("RETENTION_DAYS") if variables.is_set("RETENTION_DAYS") else 0
CHALLENGE = variables.text("CHALLENGE", "auto" if PRODUCTION else "off")
ACCOUNT_EMAIL_VERIFICATION = EMAIL_VERIFICATION
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True  # in the browser that has just signed up
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_REAUTHENTICATION_REQUIRED = False
if RATE_LIMITS == "off":
    ACCOUNT_RATE_LIMITS: Any = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_FORMS = {"signup": "openslot.accounts.signing.forms.GoogleSignupForm"}
MFA_ADAPTER = "openslot.accounts.factors.Adapter"
MFA_FORMS = {
    "authenticate": "openslot.accounts.signing.own_forms.AuthenticateForm",
    "reauthenticate": "openslot.accounts.signing.own_forms.AuthenticateAgainForm",
    "activate_totp": "openslot.accounts.signing.own_forms.ActivateForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
