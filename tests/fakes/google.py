"""The emulator of Google as fixtures. `google` is one for each test, on a port of its own.

Its `bugs` (answers that Google's own description does not have) fail the test, and so do the calls
it had to refuse for their form, unless the test expects them: `google.violations.clear()`.
"""

import pytest

from openslot.devtools.google import Google


@pytest.fixture
def google():
    emulator = Google()
    emulator.start()
    yield emulator
    emulator.stop()
    assert not emulator.bugs, "the emulator answered what Google would not"
    assert not emulator.violations, "Google does not describe these requests"
