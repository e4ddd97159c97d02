"""Pictures drawn by code: hills under a sun, each in colours of its own."""

from __future__ import annotations

import colorsys
import io
import math
import random

from PIL import Image, ImageDraw, ImageFilter

SIZE = 512
OVERSIZE = 2  # drawn larger and scaled down: smooth edges


def picture(seed: str) -> io.BytesIO:
    """A PNG that is always the same for the same seed."""
    rng = random.Random(seed)  # noqa: S311  no secret, a picture
    side = SIZE * OVERSIZE
    hue = rng.random()
    image = _sky(side, hue)
    draw = ImageDraw.Draw(image)
    _sun(draw, side, rng)
    for layer in range(4):
        draw.polygon(_ridge(side, layer, rng), fill=_colour(hue + 0.02 * layer, layer))
    image = image.resize((SIZE, SIZE), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    image.save(file, "PNG")
    file.seek(0)
    return file


def _sky(side: int, hue: float) -> Image.Image:
    top = tuple(round(255 * c) for c in colorsys.hsv_to_rgb(hue % 1, 0.22, 0.98))
    low = tuple(round(255 * c) for c in colorsys.hsv_to_rgb((hue + 0.12) % 1, 0.10, 1.0))
    strip = Image.new("RGB", (1, 2))
    strip.putpixel((0, 0), top)
    strip.putpixel((0, 1), low)
    return strip.resize((side, side), Image.Resampling.BILINEAR).filter(ImageFilter.BoxBlur(2))


def _sun(draw: ImageDraw.ImageDraw, side: int, rng: random.Random) -> None:
    x, y = side * rng.uniform(0.25, 0.75), side * rng.uniform(0.22, 0.4)
    radius = side * rng.uniform(0.09, 0.15)
    red, green, blue = colorsys.hsv_to_rgb(rng.uniform(0.08, 0.14), 0.42, 1.0)
    fill = (round(255 * red), round(255 * green), round(255 * blue))
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)


def _ridge(side: int, layer: int, rng: random.Random) -> list[tuple[float, float]]:
    base = side * (0.50 + 0.12 * layer)
    waves = [(rng.uniform(0.6, 2.4), rng.uniform(0, math.tau), rng.uniform(0.02, 0.07))] * 1
    waves += [(rng.uniform(2.5, 5), rng.uniform(0, math.tau), rng.uniform(0.005, 0.02))]
    line = [
        (
            float(x),
            base + sum(side * h * math.sin(f * math.tau * x / side + p) for f, p, h in waves),
        )
        for x in range(0, side + 9, 8)
    ]
    return [*line, (float(side + 9), float(side)), (0.0, float(side))]


def _colour(hue: float, layer: int) -> tuple[int, int, int]:
    red, green, blue = colorsys.hsv_to_rgb(hue % 1, 0.32 + 0.12 * layer, 0.82 - 0.14 * layer)
    return round(255 * red), round(255 * green), round(255 * blue)
