"""What styles and scripts cost whoever opens a public page, and how long a browser keeps them."""

import gzip
import re
from pathlib import Path

import pytest

import openslot

BUILD = Path(openslot.__file__).parent / "web" / "static" / "build"
SCRIPTS, STYLES = 30_000, 40_000  # bytes as sent
MONTH = 30 * 24 * 60 * 60
PUBLIC = ["/", "/find/", "/p/ada/", "/accounts/login/", "/accounts/signup/"]

pytestmark = pytest.mark.django_db


def named(page, tag):
    return re.findall(rf'<{tag}[^>]* (?:src|href)="(/static/[^"]+\.(?:js|css)[^"]*)"', page)


def fetched(client, address, encoding):
    """The answer's head, and its body as sent."""
    answer = client.get(address, headers={"Accept-Encoding": encoding})
    sent = b"".join(answer.streaming_content)
    answer.close()
    return answer, sent


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_stays_within_what_it_may_weigh(client, massage, path):
    page = client.get(path).content.decode()
    weights = {}
    for tag in ("script", "link"):
        sent = [fetched(client, address, "gzip") for address in named(page, tag)]
        assert {answer["Content-Encoding"] for answer, _ in sent} == {"gzip"}
        weights[tag] = sum(len(body) for _, body in sent)
    assert weights["script"] < SCRIPTS
    assert weights["link"] < STYLES


@pytest.mark.parametrize("encoding", ["gzip", "br"])
def test_what_is_sent_packed_is_what_was_built(client, encoding):
    answer, sent = fetched(client, "/static/build/app.js", encoding)
    assert answer["Content-Encoding"] == encoding
    assert sent == (BUILD / f"app.js.{'gz' if encoding == 'gzip' else 'br'}").read_bytes()
    if encoding == "gzip":
        assert gzip.decompress(sent) == (BUILD / "app.js").read_bytes()


def test_a_browser_keeps_them_for_a_month_by_an_address_that_changes_with_each_build(client):
    page = client.get("/").content.decode()
    for address in [*named(page, "script"), *named(page, "link")]:
        name, _, built = address.removeprefix("/static/build/").partition("?")
        assert built == str(int((BUILD / name).stat().st_mtime))
        answer, _ = fetched(client, address, "identity")
        age = re.search(r"max-age=(\d+)", answer["Cache-Control"])
        assert int(age[1]) >= MONTH
