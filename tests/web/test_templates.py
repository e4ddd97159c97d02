"""What no page may do, read in the templates themselves."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "openslot" / "web" / "templates").rglob("*.html"))
ICONS = set(json.loads((ROOT / "assets" / "icons.json").read_text()))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_every_icon_that_a_page_names_is_in_the_sprite(template):
    words = template.read_text()
    named = re.findall(r'{% icon "([\w-]+)"|icon="([\w-]+)"|icon\|default:"([\w-]+)"', words)
    assert {name for found in named for name in found if name} <= ICONS


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_page_needs_what_the_content_policy_forbids(template):
    words = template.read_text()
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|hx-on|javascript:", words)
    tags = re.findall(r"<script[^>]*>", words)
    assert all("src=" in tag or 'type="application/ld+json"' in tag for tag in tags)  # no program
