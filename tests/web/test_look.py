"""The tokens keep their contrast, and what templates name exists."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.template import loader

from openslot.web.templatetags import drawn

ROOT = Path(__file__).resolve().parents[2]
TOKENS = (ROOT / "assets" / "scss" / "_tokens.scss").read_text()
TEMPLATES = ROOT / "openslot" / "web" / "templates"
TEXT, CONTROL = 4.5, 3.0  # WCAG 2.2, 1.4.3 and 1.4.11

GROUNDS = ("paper", "raised", "float")
PAIRS = [
    *((text, ground, TEXT) for text in ("ink", "muted", "accent", "danger") for ground in GROUNDS),
    *(
        (strong, ground, TEXT)
        for strong in ("accent-strong", "danger-strong")
        for ground in GROUNDS
    ),
    *((tone, f"{tone}-soft", TEXT) for tone in ("accent", "pending", "done", "danger")),
    *((text, f"{tone}-soft", TEXT) for text in ("ink", "muted") for tone in ("accent", "pending")),
    ("ink", "danger-soft", TEXT),
    ("accent", "pending-soft", TEXT),
    ("accent", "danger-soft", TEXT),
    ("on-accent", "accent", TEXT),
    ("on-accent", "accent-strong", TEXT),
    ("on-danger", "danger", TEXT),
    ("on-danger", "danger-strong", TEXT),
    ("muted", "line", TEXT),
    ("control", "paper", CONTROL),
    ("control", "raised", CONTROL),
    ("accent", "paper", CONTROL),
]


def colours(theme: str) -> dict[str, str]:
    block = re.search(rf"\${theme}: \((.*?)\);", TOKENS, re.DOTALL)
    assert block, f"assets/scss/_tokens.scss has no ${theme}"
    return dict(re.findall(r"([\w-]+): (#[0-9a-f]{6})", block[1]))


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("front", "ground", "least"), PAIRS)
def test_a_colour_can_be_read_on_its_ground(
    theme: str, front: str, ground: str, least: float
) -> None:
    named = colours(theme)
    found = contrast(named[front], named[ground])
    assert found >= least, f"{front} on {ground}: {found:.2f}"


def test_both_themes_name_the_same_colours() -> None:
    assert colours("light").keys() == colours("dark").keys()


def test_every_icon_a_template_names_is_in_the_sprite() -> None:
    listed = set(json.loads((ROOT / "assets" / "icons.json").read_text()))
    named = {
        name
        for path in TEMPLATES.rglob("*.html")
        for name in re.findall(r'(?:{% icon |icon=)"([\w-]+)"', path.read_text())
    }
    assert named - listed == set()


def test_no_template_carries_inline_code_or_style() -> None:
    program = r"<script(?![^>]*\s(?:src=|type=.application/ld))"  # data of schema.org is none
    pattern = re.compile(rf"<style|\sstyle=|\son\w+=|{program}", re.IGNORECASE)
    guilty = [p.name for p in TEMPLATES.rglob("*.html") if pattern.search(p.read_text())]
    assert guilty == []


def test_the_look_page_shows_every_component(client) -> None:
    drawn._drawn.cache_clear()  # what was drawn before is not drawn again
    page = client.get("/dev/look/")
    assert page.status_code == 200
    used = {t.name.rpartition("/")[2].removesuffix(".html") for t in page.templates}
    signed_in = {"sidebar", "bottom_bar", "nav_link", "desk_strip"}
    every = {path.stem for path in (TEMPLATES / "components").iterdir()}
    assert every - used == signed_in


def test_the_page_for_a_failure_needs_nothing() -> None:
    assert "Something broke" in loader.get_template("500.html").render()


@pytest.mark.parametrize(
    "path",
    [
        "login/",
        "signup/",
        "password/reset/",
        "password/reset/done/",
        "password/reset/key/1-set-password/",
        "confirm-email/",
        "confirm-email/nothing/",
        "inactive/",
        "3rdparty/login/error/",
        "3rdparty/login/cancelled/",
    ],
)
def test_an_account_page_wears_our_frame_and_words(client, db, path: str) -> None:
    page = client.get(f"/accounts/{path}")
    assert page.status_code in {200, 401}
    text = page.content.decode()
    assert 'class="wordmark"' in text
    assert "please" not in text.lower()
