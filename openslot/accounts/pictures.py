"""Whatever picture is sent becomes a small square WebP that says nothing else.

A few kilobytes can unpack to gigabytes. So the pixels are counted before anything is unpacked, a
picture is made small before it is made anything else, and a process unpacks one at a time.
"""

from __future__ import annotations

import io
import struct
import threading
import zlib

from django.utils.translation import gettext
from PIL import Image, ImageOps

from openslot.kernel.errors import Busy, Invalid

FORMATS = ("JPEG", "PNG", "WEBP")  # by content; names and types that browsers send prove nothing
PIXELS = 16_000_000  # of a picture that is unpacked whole: 64 MB, and as much for each step
PIXELS_OF_JPEG = 64_000_000  # which can be read small; cameras of telephones have 50 million
SIDE = 512  # pixels of the picture that is kept
SECONDS = 10  # to wait for one's turn
BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    OverflowError,
    TypeError,
    struct.error,
    zlib.error,
)

_turn = threading.Lock()


def portrait(content: bytes) -> bytes:
    """The picture in the middle of this one. Raises `Invalid` beside `photo`, or `Busy`."""
    if not _turn.acquire(timeout=SECONDS):
        raise Busy
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            _count(image)
            return _square(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as exc:
        raise _too_many() from exc
    except BROKEN as exc:
        raise Invalid(photo=gettext("This is not a JPEG, PNG or WebP picture.")) from exc
    finally:
        _turn.release()


def _count(image: Image.Image) -> None:
    """Refuse more pixels than this kind of picture may have."""
    streamed = image.format == "JPEG" and "progressive" not in image.info
    if image.width * image.height > (PIXELS_OF_JPEG if streamed else PIXELS):
        raise _too_many()


def _too_many() -> Invalid:
    return Invalid(
        photo=gettext("This picture has too many pixels: make it 4,000 by 4,000 at most.")
    )


def _square(image: Image.Image) -> bytes:
    image.draft("RGB", (2 * SIDE, 2 * SIDE))  # a large JPEG is read small
    if image.mode in {"1", "P", "PA"}:  # the pixels of these are names of colours: no mean of two
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    image.thumbnail((4 * SIDE, 4 * SIDE), reducing_gap=2)
    upright = ImageOps.exif_transpose(image)
    clean = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    side = min(SIDE, *clean.size)
    small = ImageOps.fit(clean, (side, side))
    small.info = {}  # position, camera, comments: none of it is kept
    out = io.BytesIO()
    small.save(out, "WEBP", quality=82, exif=b"", icc_profile=b"", xmp=b"")
    return out.getvalue()
