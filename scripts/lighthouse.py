"""Lighthouse on five pages of the demo, mobile settings: python -m scripts.lighthouse.

The median of five runs for each page and category; what is under 95 fails (how search engines find
it counts where they are meant to). Run it alone: whatever else the machine does counts against the
pages.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from scripts import demo

PROGRAM = Path(__file__).resolve().parent.parent / "lighthouse/node_modules/lighthouse/cli/index.js"
RUNS, LEAST = 5, 95
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
PAGES = {
    "home": "/",
    "find": "/find/",
    "provider page": "/p/linden-physiotherapy/",
    "sign-in": "/accounts/login/",
    "dashboard": "/",  # signed in
}
SIGNED_IN = {"dashboard"}
FOUND = {"home", "find", "provider page"}  # the others ask search engines to stay away


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    low: list[str] = []
    with demo.served() as base:
        cookie = _signed_in(base)
        print("| page |", " | ".join(CATEGORIES), "|\n|---|" + "---|" * len(CATEGORIES))
        for name, path in PAGES.items():
            scores = _median(base + path, cookie=cookie if name in SIGNED_IN else "", runs=runs)
            print(f"| {name} |", " | ".join(f"{scores[each]:.0f}" for each in CATEGORIES), "|")
            judged = [each for each in CATEGORIES if name in FOUND or each != "seo"]
            low += [f"{name}: {each} {scores[each]:.0f}" for each in judged if scores[each] < LEAST]
    if low:
        sys.exit(f"Under {LEAST}: {', '.join(low)}")


def _median(url: str, *, cookie: str, runs: int) -> dict[str, float]:
    found = [_once(url, cookie=cookie) for _ in range(runs)]
    return {each: statistics.median(run[each] for run in found) for each in CATEGORIES}


def _once(url: str, *, cookie: str) -> dict[str, float]:
    flags = " ".join(["--headless=new", *demo.FLAGS])
    command = ["node", str(PROGRAM), url, "--output=json", "--quiet", f"--chrome-flags={flags}"]
    if cookie:
        command += ["--extra-headers", json.dumps({"Cookie": cookie})]
    env = os.environ | {"CHROME_PATH": demo.chromium()}
    told = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    report = json.loads(told.stdout)
    for audit in report["audits"].values():
        weighs = audit.get("score") is not None and audit["score"] < 0.9
        if weighs and os.environ.get("WHY"):
            print(f"  {url} {audit['id']} {audit['score']} {audit.get('displayValue', '')}")
    return {each: 100 * (report["categories"][each]["score"] or 0) for each in CATEGORIES}


def _signed_in(base: str) -> str:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=demo.chromium(), args=demo.FLAGS)
        context = browser.new_context(base_url=base)
        demo.sign_in(context, "provider")
        return "; ".join(f"{each['name']}={each['value']}" for each in context.cookies())


if __name__ == "__main__":
    main()
