import pytest

from openslot import checks

SECURE = {
    "PRODUCTION": True,
    "SECRET_KEY": "k" * 50,
    "ENCRYPTION_KEYS": "k" * 50,
    "HTTPS": True,
    "ALLOWED_HOSTS": ["openslot.example"],
    "EMAIL_URL": "smtp://mail.example",
    "RATE_LIMITS": "on",
    "GOOGLE_EMULATOR_URL": "",
}


def test_a_secure_production_may_start(settings):
    for name, value in SECURE.items():
        setattr(settings, name, value)
    assert checks.production_is_secure(None) == []


@pytest.mark.parametrize(
    ("setting", "value", "variable"),
    [
        ("SECRET_KEY", "short", "SECRET_KEY"),
        ("ENCRYPTION_KEYS", "", "ENCRYPTION_KEYS"),
        ("HTTPS", False, "BASE_URL"),
        ("ALLOWED_HOSTS", ["*"], "ALLOWED_HOSTS"),
        ("EMAIL_URL", "", "EMAIL_URL"),
        ("RATE_LIMITS", "off", "RATE_LIMITS"),
        ("GOOGLE_EMULATOR_URL", "http://localhost:1", "GOOGLE_EMULATOR_URL"),
    ],
)
def test_an_insecure_production_is_refused_by_the_name_of_the_variable(
    settings, setting, value, variable
):
    for name, secure in (SECURE | {setting: value}).items():
        setattr(settings, name, secure)
    [error] = checks.production_is_secure(None)
    assert error.msg.startswith(variable)


def test_development_may_start_as_it_is(settings):
    settings.PRODUCTION = False
    settings.SECRET_KEY = "short"
    assert checks.production_is_secure(None) == []
