"""What becomes of the pictures that people send."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from openslot.accounts import photos
from openslot.kernel.errors import Invalid

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]

ORIENTATION = 0x0112
MAKER = 0x010F


def picture(kind="PNG", size=(60, 40), mode="RGB", **options):
    out = io.BytesIO()
    Image.new(mode, size, options.pop("color", "red")).save(out, kind, **options)
    return io.BytesIO(out.getvalue())


def kept(owner):
    return Image.open(io.BytesIO(Path(owner.photo.path).read_bytes()))


def files(media):
    return [path for path in media.rglob("*") if path.is_file()]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_pictures_become_square_webp(bob, kind):
    photos.put(bob, picture(kind))
    bob.refresh_from_db()
    image = kept(bob)
    assert (image.format, image.size) == ("WEBP", (40, 40))
    assert bob.photo.name.startswith("photos/people/")


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "CMYK", "LA", "1", "I;16"])
def test_every_way_to_write_colours_is_read(bob, mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    photos.put(bob, picture(kind, mode=mode, color=0))
    assert kept(bob).size == (40, 40)


def test_large_pictures_become_small(bob):
    photos.put(bob, picture("JPEG", size=(3000, 2000)))
    assert kept(bob).size == (512, 512)


def test_pictures_are_turned_upright_and_say_nothing_else(bob):
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKER] = 6, "Secret camera"
    image = Image.new("RGB", (100, 50), "blue")
    image.paste("red", (0, 0, 50, 50))  # left half; upright it is the upper half
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, comment=b"Secret words")
    photos.put(bob, io.BytesIO(out.getvalue()))
    stored = kept(bob)
    assert not stored.getexif()
    assert not {"exif", "xmp", "icc_profile", "comment"} & stored.info.keys()
    assert b"Secret" not in Path(bob.photo.path).read_bytes()
    upper, lower = stored.convert("RGB").getpixel((25, 5)), stored.convert("RGB").getpixel((25, 45))
    assert (upper[0] > 200, lower[2] > 200) == (True, True)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 50,
        b"\xff\xd8\xff" + b"\0" * 50,
        picture("GIF").getvalue(),
        picture("BMP").getvalue(),
        picture("PNG").getvalue()[:60],
        picture("JPEG", size=(600, 600)).getvalue()[:400],
    ],
)
def test_what_is_no_such_picture_is_refused(bob, media, content):
    with pytest.raises(Invalid) as caught:
        photos.put(bob, io.BytesIO(content))
    assert set(caught.value.errors) == {"photo"}
    assert files(media) == []


def test_more_than_five_megabytes_are_refused(bob):
    with pytest.raises(Invalid):
        photos.put(bob, io.BytesIO(picture().getvalue() + b"\0" * 5_000_000))


@pytest.mark.parametrize("side", [7000, 12_000, 60_000])
def test_a_small_file_with_endless_pixels_is_refused(bob, side):
    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0"))
    with pytest.raises(Invalid):
        photos.put(bob, io.BytesIO(bomb + chunk(b"IEND", b"")))


def test_the_picture_before_is_deleted_once_it_is_settled(
    bob, media, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        photos.put(bob, picture())
    before = bob.photo.name
    with django_capture_on_commit_callbacks() as settled:
        photos.put(bob, picture())
    assert bob.photo.name != before
    assert len(files(media)) == 2
    for settle in settled:
        settle()
    assert len(files(media)) == 1
    with django_capture_on_commit_callbacks(execute=True):
        photos.remove(bob)
    assert files(media) == []
    bob.refresh_from_db()
    assert not bob.photo
