"""The picture in the README, taken of the demo in a Chromium: python -m scripts.screenshots."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

DOCS = Path(__file__).resolve().parent.parent / "docs"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
READY = "OpenSlot is at"


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("No Chromium on the PATH.")
    with tempfile.TemporaryDirectory(prefix="openslot-pictures-") as folder:
        Path(folder).chmod(0o711)  # the database's user passes through
        port = _free_port()
        env = os.environ | {"DATA_DIR": folder, "PORT": str(port)}
        serving = subprocess.Popen(
            [sys.executable, "-m", "openslot", "up", "--demo"],
            env=env | {"BASE_URL": f"http://localhost:{port}"},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            next(line for line in serving.stdout or () if READY in line)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
                _take(browser, f"http://localhost:{port}")
        finally:
            serving.send_signal(signal.SIGTERM)
            serving.wait(30)


def _take(browser: Browser, base: str) -> None:
    for name, width, height in (("booking", 1280, 720),):
        context = browser.new_context(
            viewport={"width": width, "height": height}, timezone_id="Europe/Berlin"
        )
        page = context.new_page()
        _choose(page, base)
        page.screenshot(path=DOCS / f"{name}.png")
        context.close()


def _choose(page: Page, base: str) -> None:
    page.goto(f"{base}/p/linden-physiotherapy/")
    page.get_by_text("First visit").first.click()
    page.locator(".slot").nth(2).click()
    page.get_by_text("Book ").last.wait_for()
    page.wait_for_load_state("networkidle")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
