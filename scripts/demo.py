"""The demo in a folder of its own, while a script looks at it; people signed in to it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
READY = "OpenSlot is at"
PASSWORD = "openslot-demo"  # of the example town


def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        sys.exit("No Chromium on the PATH.")
    return found


@contextmanager
def served() -> Iterator[str]:
    """The address under which it is reached."""
    with tempfile.TemporaryDirectory(prefix="openslot-demo-") as folder:
        Path(folder).chmod(0o711)  # the database's user passes through
        base = f"http://localhost:{(port := _free_port())}"
        env = os.environ | {"DATA_DIR": folder, "PORT": str(port), "BASE_URL": base}
        serving = subprocess.Popen(
            [sys.executable, "-m", "openslot", "up", "--demo"],
            env=env | {"RATE_LIMITS": "off"},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            next(line for line in serving.stdout or () if READY in line)
            yield base
        finally:
            serving.send_signal(signal.SIGTERM)
            serving.wait(30)


def sign_in(context: BrowserContext, who: str) -> None:
    """`who`: customer, provider or operator of the example town."""
    page = context.new_page()
    page.goto("/accounts/login/")
    page.fill("input[name=login]", f"{who}@example.org")
    page.fill("input[name=password]", PASSWORD)
    page.click("main form:has(input[name=password]) button")
    page.wait_for_selector("body.signed-in")
    page.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
