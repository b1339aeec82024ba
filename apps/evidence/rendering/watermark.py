"""The viewer's name across every page that leaves the house, so that a photograph of a screen names its source."""

from __future__ import annotations

import io
from functools import lru_cache
from math import ceil
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from PIL import Image, ImageDraw, ImageFont

#: Share of the page width of one character, tilt of the lines in degrees, strength (0–255) of the grey.
_CHARACTER = 0.0175
_TILT = 18
_STRENGTH = 46
_SMALLEST = 9
_QUALITY = 85
#: A character no font has; what it looks like tells which others are missing.
_NOBODY = "\U0010fffd"


def marked(path: Path, text: str) -> bytes:
    """Return the picture at *path* as JPEG with *text* tiled across it."""
    with Image.open(path, formats=("JPEG",)) as picture:
        picture.load()
    mask = _tile(text, max(_SMALLEST, round(picture.width * _CHARACTER)))
    for top in range(0, picture.height, mask.height):
        # every other row is moved by half a tile, so that no column stays free of text
        start = -mask.width // 2 if (top // mask.height) % 2 else 0
        for left in range(start, picture.width, mask.width):
            _stamp(picture, mask, left, top)
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=_QUALITY)
    return target.getvalue()


def _stamp(picture: Image.Image, mask: Image.Image, left: int, top: int) -> None:
    """Lay grey over the picture where the mask says: darker on paper, lighter on a dark photograph."""
    picture.paste((112, 112, 112), (left, top), mask)


@lru_cache(maxsize=64)
def _tile(text: str, height: int) -> Image.Image:
    """Return the tilted text with the room around it as a mask."""
    pieces = [(character, _font_for(character, height)) for character in text]
    width = ceil(sum(font.getlength(character) for character, font in pieces))
    line = Image.new("L", (width + height * 4, height * 2), 0)
    pen, at = ImageDraw.Draw(line), 0.0
    for character, font in pieces:
        pen.text((at, height * 0.3), character, font=font, fill=_STRENGTH)
        at += font.getlength(character)
    tilted = line.rotate(_TILT, expand=True, resample=Image.Resampling.BICUBIC)
    tile = Image.new("L", (tilted.width, tilted.height + height * 4), 0)
    tile.paste(tilted, (0, height * 2))
    return tile


@lru_cache(maxsize=4096)
def _font_for(character: str, height: int) -> ImageFont.FreeTypeFont:
    """Return the first font that has the character; the last one draws its empty box for what nobody has."""
    font = None
    for path in settings.GF_WATERMARK_FONTS:  # each is opened only when those before it lack the character
        font = _font(str(path), height)
        if _has(font, character):
            break
    if font is None:
        msg = "GF_WATERMARK_FONTS names no font"
        raise ImproperlyConfigured(msg)
    return font


def _has(font: ImageFont.FreeTypeFont, character: str) -> bool:
    return character.isspace() or bytes(font.getmask(character)) != bytes(font.getmask(_NOBODY))


@lru_cache(maxsize=8)
def _font(path: str, height: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, height)
