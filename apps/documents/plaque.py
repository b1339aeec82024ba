"""The plaque of a title as files a workshop can make it from: SVG and PNG, and a PDF in the size of the metal plate.

One layout in millimetres; the drawing is pure: data in, bytes out.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from xml.sax.saxutils import escape

import segno
from PIL import Image, ImageDraw, ImageFont

from apps.documents.rendering.fonts import ASSETS

#: The plate: 600 mm × 400 mm, landscape.
WIDTH_MM, HEIGHT_MM = 600, 400
PNG_DOTS_PER_MM = 4
_GREEN, _GOLD, _INK, _GROUND = "#1f6b4a", "#b08a3c", "#17332a", "#f7f4ea"
_MM_PER_INCH = 25.4
_QR_MM = 62
_NAME_WIDTH_MM = 500
_ISSUER_WIDTH_MM = 200
_CENTRE = "middle"


@dataclass(frozen=True, slots=True)
class Plaque:
    """What stands on the plate. `url` is where its code leads: the page that verifies the title."""

    title: str
    level: str
    enterprise: str
    number: str
    issuer: str
    dated: str
    url: str


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    x: float
    y: float
    size: float
    colour: str
    family: str
    anchor: str = _CENTRE


def _fitting(text: str, size: float, family: str, most: float = _NAME_WIDTH_MM) -> float:
    """Return the size in mm at which *text* is no wider than *most* mm."""
    width = _face(family, 100).getlength(text) / 100 * size
    return size if width <= most else size * most / width


def _lines(plaque: Plaque) -> list[_Line]:
    middle = WIDTH_MM / 2
    name = _fitting(plaque.enterprise, 34, "song")
    return [
        _Line(plaque.enterprise, middle, 92, name, _INK, "song"),
        _Line(plaque.title, middle, 178, 60, _GREEN, "title"),
        _Line(plaque.level, middle, 250, 50, _GOLD, "title"),
        _Line(f"编号：{plaque.number}", 122, 326, 14, _INK, "song", "start"),
        _Line("扫码查验称号状态", 122, 350, 12, _INK, "song", "start"),
        _Line(plaque.issuer, 440, 322, _fitting(plaque.issuer, 19, "song", _ISSUER_WIDTH_MM), _INK, "song"),
        _Line(plaque.dated, 440, 352, 17, _INK, "song"),
    ]


def plaque_svg(plaque: Plaque) -> bytes:
    """Return the plate as one SVG in true size; letters as text, the code as paths, nothing from outside."""
    texts = "".join(
        f'<text x="{line.x:g}" y="{line.y:g}" font-size="{line.size:.2f}" fill="{line.colour}" '
        f'text-anchor="{line.anchor}" font-family="{_SVG_FAMILIES[line.family]}">{escape(line.text)}</text>'
        for line in _lines(plaque)
    )
    code = _qr_svg(plaque.url)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" '
        f'width="{WIDTH_MM}mm" height="{HEIGHT_MM}mm" viewBox="0 0 {WIDTH_MM} {HEIGHT_MM}">'
        f"<title>{escape(plaque.enterprise)} {escape(plaque.level)}{escape(plaque.title)}</title>"
        f'<rect width="{WIDTH_MM}" height="{HEIGHT_MM}" fill="{_GROUND}"/>'
        f'<rect x="14" y="14" width="{WIDTH_MM - 28}" height="{HEIGHT_MM - 28}" fill="none" '
        f'stroke="{_GREEN}" stroke-width="4"/>'
        f'<rect x="22" y="22" width="{WIDTH_MM - 44}" height="{HEIGHT_MM - 44}" fill="none" '
        f'stroke="{_GOLD}" stroke-width="1.2"/>{texts}{code}</svg>'
    ).encode()


def plaque_png(plaque: Plaque) -> bytes:
    """Return the plate as a picture, four dots a millimetre."""
    out = BytesIO()
    _drawn(plaque).save(out, "PNG", optimize=True, dpi=(_dpi(), _dpi()))
    return out.getvalue()


def plaque_pdf(plaque: Plaque) -> bytes:
    """Return the plate as a one-page PDF in true size."""
    out = BytesIO()
    _drawn(plaque).save(out, "PDF", resolution=_dpi(), title=f"{plaque.enterprise} {plaque.level}")
    return out.getvalue()


def qr_svg(url: str) -> bytes:
    """Return the code of an address as an SVG (error correction M, quiet zone of four modules)."""
    out = BytesIO()
    segno.make(url, error="m", micro=False).save(out, kind="svg", scale=10, border=4, title="称号查验二维码")
    return out.getvalue()


def qr_png(url: str) -> bytes:
    """Return the code of an address as a picture, big enough to print 5 cm wide at 300 dpi."""
    out = BytesIO()
    segno.make(url, error="m", micro=False).save(out, kind="png", scale=14, border=4)
    return out.getvalue()


_SVG_FAMILIES = {
    "title": "'FZXiaoBiaoSong-B05S','方正小标宋简体','STZhongsong','Songti SC','SimSun',serif",
    "song": "'Songti SC','SimSun','Noto Serif CJK SC',serif",
}
_FILES = {"title": "gf-title.woff2", "song": "gf-song.woff2"}


def _dpi() -> float:
    return PNG_DOTS_PER_MM * _MM_PER_INCH


@cache
def _face(family: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(ASSETS / "fonts" / _FILES[family]), size)


def _drawn(plaque: Plaque) -> Image.Image:
    dots = PNG_DOTS_PER_MM
    image = Image.new("RGB", (WIDTH_MM * dots, HEIGHT_MM * dots), _GROUND)
    draw = ImageDraw.Draw(image)
    for inset, width, colour in ((14, 4, _GREEN), (22, 1.2, _GOLD)):
        box = (inset * dots, inset * dots, (WIDTH_MM - inset) * dots, (HEIGHT_MM - inset) * dots)
        draw.rectangle(box, outline=colour, width=round(width * dots))
    for line in _lines(plaque):
        draw.text(
            (line.x * dots, line.y * dots),
            line.text,
            font=_face(line.family, round(line.size * dots)),
            fill=line.colour,
            anchor="ms" if line.anchor == _CENTRE else "ls",
        )
    x, y = _qr_corner()
    code = Image.open(BytesIO(qr_png(plaque.url))).convert("RGB")
    side = _QR_MM * dots
    image.paste(code.resize((side, side), Image.Resampling.NEAREST), (round(x * dots), round(y * dots)))
    return image


def _qr_corner() -> tuple[float, float]:
    return 50.0, 300.0


def _qr_svg(url: str) -> str:
    x, y = _qr_corner()
    picture = base64.b64encode(qr_svg(url)).decode()
    return f'<image x="{x:g}" y="{y:g}" width="{_QR_MM}" height="{_QR_MM}" href="data:image/svg+xml;base64,{picture}"/>'
