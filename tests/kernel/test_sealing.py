"""Text that only this installation can read."""

import pytest

from openslot.kernel.keeping import sealing

FIRST, SECOND = "a" * 43, "b" * 43


@pytest.fixture(autouse=True)
def keys(settings):
    settings.ENCRYPTION_KEYS = FIRST


def test_what_is_sealed_opens_and_shows_nothing():
    sealed = sealing.seal("Grüße an 1//token", context="calendar:1")
    assert "token" not in sealed
    assert sealing.opened(sealed, context="calendar:1") == "Grüße an 1//token"


def test_what_was_sealed_for_one_row_does_not_open_in_another():
    sealed = sealing.seal("secret", context="calendar:1")
    with pytest.raises(sealing.NotOpened):
        sealing.opened(sealed, context="calendar:2")


def test_the_first_key_seals_and_all_of_them_open(settings):
    before = sealing.seal("secret", context="calendar:1")
    settings.ENCRYPTION_KEYS = f"{SECOND}, {FIRST}"
    assert sealing.opened(before, context="calendar:1") == "secret"
    after = sealing.resealed(before, context="calendar:1")
    settings.ENCRYPTION_KEYS = SECOND
    assert sealing.opened(after, context="calendar:1") == "secret"
    with pytest.raises(sealing.NotOpened):
        sealing.opened(before, context="calendar:1")


@pytest.mark.parametrize("text", ["", "JBSWY3DPEHPK3PXP", "gAAAAA==", "ü"])
def test_what_was_never_sealed_does_not_open(text):
    with pytest.raises(sealing.NotOpened):
        sealing.opened(text, context="calendar:1")
