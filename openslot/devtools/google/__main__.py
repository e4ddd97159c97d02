"""The emulator as a process of its own, beside the demo: `openslot google`.

It listens where GOOGLE_EMULATOR_URL says, knows the program that GOOGLE_CLIENT_ID names, and the
demo's two people.
"""

from __future__ import annotations

import sys
import time
from typing import NoReturn
from urllib.parse import urlsplit

from openslot import environment, variables
from openslot.devtools.google.emulator import CLIENT_ID, CLIENT_SECRET, Google

PEOPLE = (
    ("provider@example.org", "Lena", "Brandt"),
    ("customer@example.org", "Robin", "Meyer"),
    ("new@example.org", "Kim", "Newcomer"),
)
TICK = 0.5  # seconds between two looks at what time has brought
MEET = 2  # seconds that a Meet link takes


def main() -> NoReturn:
    if environment.production():
        sys.exit("openslot: the emulator of Google is for development")
    google = Google()
    client_id = variables.text("GOOGLE_CLIENT_ID", CLIENT_ID)
    google.client(client_id, variables.text("GOOGLE_CLIENT_SECRET", CLIENT_SECRET))
    for email, given_name, family_name in PEOPLE:
        google.account(email, given_name, family_name=family_name)
    google.slow_meet(MEET)
    google.start(urlsplit(variables.text("GOOGLE_EMULATOR_URL")).port or 0)
    try:
        while True:
            time.sleep(TICK)
            google.tick()
    finally:
        google.stop()


main()
