import pytest

from tests.api.calling import Caller


@pytest.fixture
def asking():
    """`asking(bob).get("me/")`; without somebody: a passer-by."""
    return Caller
