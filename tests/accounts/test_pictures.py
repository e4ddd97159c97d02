"""What a picture may cost: measured in a process of its own."""

import io
import subprocess
import sys
import threading

import pytest
from PIL import Image

from openslot.accounts import pictures
from openslot.api.protocol import errors
from openslot.kernel.errors import Busy, Invalid
from tests.running.processes import ROOT

COST = """
import resource, sys, threading
from pathlib import Path
from django.conf import settings
settings.configure(USE_I18N=False)
from openslot.accounts import pictures
from openslot.kernel.errors import DomainError

def look(content):
    try:
        pictures.portrait(content)
    except DomainError as error:
        print(error.errors)

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

look(Path(sys.argv[1]).read_bytes())
content, before = Path(sys.argv[2]).read_bytes(), peak()
people = [threading.Thread(target=look, args=[content]) for _ in range(int(sys.argv[3]))]
for each in people:
    each.start()
for each in people:
    each.join()
print(peak() - before)
"""


def written(path, kind, size, mode="RGB", **options):
    Image.new(mode, size, 0).save(path, kind, **options)
    return path


def cost(tmp_path, picture, people=1):
    """Megabytes at the peak, above those for a small picture; and what was answered."""
    small = written(tmp_path / "small", "PNG", (60, 40))
    done = subprocess.run(
        [sys.executable, "-c", COST, small, picture, str(people)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    *said, megabytes = done.stdout.splitlines()
    return int(megabytes), said


@pytest.mark.parametrize("people", [1, 6])
def test_a_small_file_of_endless_pixels_costs_nothing(tmp_path, people):
    bomb = written(tmp_path / "bomb", "PNG", (6324, 6324))
    assert bomb.stat().st_size < 200_000
    megabytes, said = cost(tmp_path, bomb, people)
    assert megabytes < 50
    assert len(said) == people


@pytest.mark.parametrize(
    ("kind", "size", "mode", "options"),
    [
        ("PNG", (4000, 4000), "RGB", {}),
        ("PNG", (4000, 4000), "RGBA", {}),
        ("PNG", (4000, 4000), "P", {"transparency": 0}),
        ("PNG", (4000, 4000), "1", {}),
        ("JPEG", (4000, 4000), "RGB", {"progressive": True}),
        ("JPEG", (8000, 6000), "RGB", {}),
    ],
    ids=str,
)
def test_the_largest_pictures_stay_within_their_bounds(tmp_path, kind, size, mode, options):
    megabytes, said = cost(tmp_path, written(tmp_path / "large", kind, size, mode, **options))
    assert (said, megabytes < 250) == ([], True), megabytes


def test_six_at_once_cost_hardly_more_than_one(tmp_path):
    megabytes, said = cost(tmp_path, written(tmp_path / "large", "PNG", (4000, 4000)), 6)
    assert (said, megabytes < 250) == ([], True), megabytes


@pytest.mark.parametrize(
    ("size", "options"), [((4001, 4000), {"progressive": True}), ((8100, 8000), {})]
)
def test_a_jpeg_that_must_be_unpacked_whole_may_have_less(size, options):
    out = io.BytesIO()
    Image.new("RGB", size).save(out, "JPEG", **options)
    with pytest.raises(Invalid, match="cannot be used"):
        pictures.portrait(out.getvalue())


def test_whoever_waits_too_long_for_a_turn_is_told_when_to_come_again(monkeypatch):
    monkeypatch.setattr(pictures, "SECONDS", 0.01)
    monkeypatch.setattr(pictures, "_turn", threading.Lock())
    pictures._turn.acquire()
    with pytest.raises(Busy) as caught:
        pictures.portrait(b"")
    answer = errors.of_domain(caught.value)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")


def test_a_turn_ends_with_a_picture_that_is_none():
    for _ in range(2):
        with pytest.raises(Invalid):
            pictures.portrait(b"no picture")
