"""Make the fonts of the official documents: subsets of openly licensed Chinese fonts, as WOFF2.

The result is committed in `apps/documents/assets/fonts`; installing and testing the product do not need this.
Run it to change a font or its characters:  `python tools/make_fonts.py` (needs npm; nothing else is fetched).

Every family is cut in two: the base file carries what nearly every document uses (GB 2312 and the symbols
of official papers), the `-ext` file the rest of GBK. A last file, `gf-rare`, carries every other Han
character of Noto Serif SC, which covers the 8,105 characters of the 通用规范汉字表 (GB 18030 level 2), and a
few from other fonts. A document loads only the files that its characters need.

Glyph outlines are stored without the WOFF2 outline transform: the file grows by a fifth, but unpacking takes
0.1 s instead of 4 s, which every rendered document would pay.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, woff2

FONTS = Path(__file__).resolve().parent.parent / "apps" / "documents" / "assets" / "fonts"
UNITS_PER_EM = 1000
#: The same for every face: a line that mixes them (汉字 and 2026) must stand on the grid of 22 lines a page.
ASCENT, DESCENT = 880, -120
#: A moment for the `head` table, in seconds since 1904: the same input must give the same bytes.
FONT_TIMESTAMP = 3_850_000_000


@dataclass(frozen=True, slots=True)
class Package:
    """One package of the npm registry that a font comes from."""

    name: str
    version: str
    sha256: str
    licence: str
    files: tuple[str, ...]
    title: str


PACKAGES = {
    "serif": Package(
        "@expo-google-fonts/noto-serif-sc",
        "0.4.3",
        "ff6bcf5ba68d92dfecc05544bb150f9e724741a932354a0dd97e7289c40a3f5e",
        "package/LICENSE_FONT",
        ("package/400Regular/NotoSerifSC_400Regular.ttf", "package/900Black/NotoSerifSC_900Black.ttf"),
        "Noto Serif SC",
    ),
    "sans": Package(
        "@expo-google-fonts/noto-sans-sc",
        "0.4.3",
        "0d69d0f4971d2ff574e3d93cbc218dc950bf3f3f8f8e2c008d97687ed53aee59",
        "package/LICENSE_FONT",
        ("package/500Medium/NotoSansSC_500Medium.ttf",),
        "Noto Sans SC",
    ),
    "wenkai": Package(
        "lxgw-wenkai-webfont",
        "1.7.0",
        "5294aaeb3bc6f3949d8c209103eab696c9ce3e606a14f8e6b87bba3b7287c8a2",
        "package/OFL.txt",
        ("package/files/lxgwwenkai-light-", "package/files/lxgwwenkai-regular-"),
        "LXGW WenKai",
    ),
    "serif-jp": Package(
        "@expo-google-fonts/noto-serif-jp",
        "0.4.3",
        "4805f4369a831140d0c1a5650e90296cff2641ff202da43ef5272edc2e0866ee",
        "package/LICENSE_FONT",
        ("package/400Regular/NotoSerifJP_400Regular.ttf",),
        "Noto Serif JP",
    ),
    "symbols": Package(
        "@expo-google-fonts/noto-sans-symbols-2",
        "0.4.1",
        "3bf3d6333487df36e88d146e032a9ed8246617ca2dfe1513a8a382c3fad12ac4",
        "package/LICENSE_FONT",
        ("package/400Regular/NotoSansSymbols2_400Regular.ttf",),
        "Noto Sans Symbols 2",
    ),
}


@dataclass(frozen=True, slots=True)
class Face:
    """One font file to make: `family` as the style sheets name it, drawn from `sources`.

    A source is a package key and the start of a file name inside the package; the first that has a character
    wins. Without `latin`, digits and letters are left to the next font of the stack: hand-written ones look
    out of place in an official document.
    """

    file: str
    family: str
    characters: str
    sources: tuple[tuple[str, str], ...]
    latin: bool = True


SONG = ("serif", "package/400Regular")
FACES = (
    Face("gf-song", "GF Song", "base", (SONG,)),
    Face("gf-song-ext", "GF Song Ext", "ext", (SONG,)),
    Face("gf-title", "GF Title", "base", (("serif", "package/900Black"),)),
    Face("gf-title-ext", "GF Title Ext", "ext", (("serif", "package/900Black"),)),
    Face("gf-hei", "GF Hei", "base", (("sans", "package/500Medium"),)),
    Face("gf-fang", "GF Fang", "base", (("wenkai", "package/files/lxgwwenkai-light-"),), latin=False),
    Face("gf-fang-ext", "GF Fang Ext", "ext", (("wenkai", "package/files/lxgwwenkai-light-"),)),
    Face("gf-kai", "GF Kai", "base", (("wenkai", "package/files/lxgwwenkai-regular-"),), latin=False),
    Face(
        "gf-rare",
        "GF Rare",
        "rare",
        (SONG, ("serif-jp", "package/400Regular"), ("symbols", "package/400Regular")),
    ),
)
SYMBOLS = (
    "§©®°±²³´µ·¹×÷–—―‘’“”‥…‰′″※€℃℅℉№℡™ΩⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫⅰⅱⅲⅳⅴⅵⅶⅷⅸⅹ←↑→↓↔⇒⇔∀∂∈∏∑−√∝∞∠∥∧∨∩∪∫∴∵∶∷∼≈≌≒≠≡≤≥≦≧≮≯⊕⊙⊥"
    "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳■□▲△▼▽◆◇○◎●★☆♀♂〇㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩㎎㎏㎜㎝㎞㎡㎥㏄￠￡￥"
)
LATIN = set(range(0x21, 0x7F)) | set(range(0xA1, 0x100)) - {ord(mark) for mark in "§°±·×÷"}
HAN = (range(0x3400, 0xA000), range(0xF900, 0xFB00), range(0x20000, 0x33480))
CJK_MARKS = range(0x3000, 0x3400)
#: Beside the Han characters: what people tick forms with, and one surname form that Noto Serif SC has not.
RARE_EXTRA = "𠮷☐☑☒✓✔✕✗✘"


def double_byte(encoding: str, first: range, second: range) -> set[int]:
    """The code points of a double-byte Chinese character set."""
    found: set[int] = set()
    for lead in first:
        for trail in second:
            try:
                text = bytes((lead, trail)).decode(encoding)
            except UnicodeDecodeError:
                continue
            if len(text) == 1:
                found.add(ord(text))
    return found


def is_han(point: int) -> bool:
    """Whether a code point is a Han character (unified, extension or compatibility)."""
    return any(point in block for block in HAN)


def character_sets(complete: set[int]) -> dict[str, set[int]]:
    """`base`, `ext` and `rare`; `complete` is what the most complete font carries."""
    gb2312 = double_byte("gb2312", range(0xA1, 0xF8), range(0xA1, 0xFF))
    gbk = double_byte("gbk", range(0x81, 0xFF), range(0x40, 0xFF))
    base = gb2312 | set(range(0x20, 0x7F)) | set(range(0xA0, 0x100)) | set(range(0xFF01, 0xFF5F))
    base |= {0x3000} | {ord(mark) for mark in SYMBOLS}
    ext = {point for point in gbk - base if is_han(point) or point in CJK_MARKS}
    rare = {point for point in complete - base - ext if is_han(point)} | {ord(mark) for mark in RARE_EXTRA}
    return {"base": base, "ext": ext, "rare": rare}


def fetch(package: Package, into: Path) -> Path:
    """Pack one npm package into `into`, check its digest, unpack what is needed; returns the folder."""
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm is needed to fetch the fonts.")
    done = subprocess.run(
        [npm, "pack", "--silent", f"{package.name}@{package.version}"],
        cwd=into,
        check=True,
        capture_output=True,
        text=True,
    )
    archive = into / done.stdout.strip().splitlines()[-1]
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    if digest != package.sha256:
        raise SystemExit(f"{package.name} {package.version}: digest {digest} is not the expected one.")
    folder = into / archive.stem
    with tarfile.open(archive) as packed:
        wanted = [
            member
            for member in packed.getmembers()
            if member.isfile() and member.name.startswith((*package.files, package.licence))
        ]
        packed.extractall(folder, members=wanted, filter="data")
    return folder


def glyphs_of(folder: Path, start: str) -> dict[int, tuple[TTFont, str]]:
    """Every character of the font files below `start`, with the font and glyph that draw it."""
    found: dict[int, tuple[TTFont, str]] = {}
    for path in sorted([*folder.rglob("*.ttf"), *folder.rglob("*.woff2")]):
        if path.relative_to(folder).as_posix().startswith(start):
            font = TTFont(path, lazy=True)
            for point, name in font.getBestCmap().items():
                found.setdefault(point, (font, name))
    return found


def build(face: Face, glyphs: dict[int, tuple[TTFont, str]], points: set[int], target: Path) -> list[int]:
    """Write one face; returns the code points it carries."""
    carried = sorted(point for point in points if point in glyphs)
    names = {point: f"u{point:05X}" for point in carried}
    drawn = {".notdef": TTGlyphPen(None).glyph()}
    widths = {".notdef": (UNITS_PER_EM, 0)}
    outlines: dict[int, Any] = {}
    for point in carried:
        font, name = glyphs[point]
        if font["head"].unitsPerEm != UNITS_PER_EM:
            raise SystemExit(f"{face.file}: a source is not drawn on {UNITS_PER_EM} units.")
        pen = TTGlyphPen(None)
        shapes = outlines.setdefault(id(font), font.getGlyphSet())
        outline = DecomposingRecordingPen(shapes)
        shapes[name].draw(outline)
        outline.replay(pen)
        drawn[names[point]] = pen.glyph()
        widths[names[point]] = font["hmtx"][name]
    builder = FontBuilder(UNITS_PER_EM, isTTF=True)
    builder.setupGlyphOrder([".notdef", *names.values()])
    builder.setupCharacterMap(names)
    builder.setupGlyf(drawn)
    builder.setupHorizontalMetrics(widths)
    builder.setupHorizontalHeader(ascent=ASCENT, descent=DESCENT)
    builder.setupOS2(
        sTypoAscender=ASCENT,
        sTypoDescender=DESCENT,
        sTypoLineGap=0,
        usWinAscent=ASCENT,
        usWinDescent=-DESCENT,
        fsType=0,
    )
    titles = ", ".join(dict.fromkeys(PACKAGES[key].title for key, _start in face.sources))
    builder.setupNameTable(
        {
            "copyright": " / ".join(
                dict.fromkeys(str(glyphs[point][0]["name"].getDebugName(0)) for point in carried)
            ),
            "familyName": face.family,
            "styleName": "Regular",
            "fullName": face.family,
            "psName": face.family.replace(" ", ""),
            "version": "Version 1.0",
            "description": f"Subset of {titles}.",
            "licenseDescription": "SIL Open Font License, Version 1.1.",
            "licenseInfoURL": "https://openfontlicense.org",
        }
    )
    builder.setupPost(keepGlyphNames=False)
    builder.font["head"].created = builder.font["head"].modified = FONT_TIMESTAMP
    builder.font.recalcTimestamp = False
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.ttf"
        builder.save(plain)
        woff2.compress(plain, target, transform_tables=set())
    return carried


def spans(points: list[int]) -> list[list[int]]:
    """Sorted code points as [first, last] ranges."""
    ranges: list[list[int]] = []
    for point in points:
        if ranges and point == ranges[-1][1] + 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    return ranges


def make(into: Path) -> None:
    """Fetch the sources and write every face, the licences and the catalogue into `into`."""
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        folders = {key: fetch(package, Path(work)) for key, package in PACKAGES.items()}
        complete = set(glyphs_of(folders["serif"], "package/400Regular"))
        sets = character_sets(complete)
        catalogue = []
        for face in FACES:
            glyphs: dict[int, tuple[TTFont, str]] = {}
            for key, start in face.sources:
                for point, glyph in glyphs_of(folders[key], start).items():
                    glyphs.setdefault(point, glyph)
            target = into / f"{face.file}.woff2"
            points = sets[face.characters] - (set() if face.latin else LATIN)
            carried = build(face, glyphs, points, target)
            catalogue.append(
                {
                    "file": target.name,
                    "family": face.family,
                    "part": face.characters,
                    "sources": [
                        f"{PACKAGES[key].title} ({PACKAGES[key].name} {PACKAGES[key].version})"
                        for key, _start in face.sources
                    ],
                    "licences": sorted({f"OFL-{key}.txt" for key, _start in face.sources}),
                    "sha256": hashlib.sha256(target.read_bytes()).hexdigest(),
                    "characters": len(carried),
                    "coverage": spans(carried),
                }
            )
            print(f"{target.name}: {len(carried)} characters, {target.stat().st_size / 1e6:.2f} MB")
        for key, package in PACKAGES.items():
            shutil.copyfile(folders[key] / package.licence, into / f"OFL-{key}.txt")
    lines = ",\n".join(json.dumps(entry, ensure_ascii=False, separators=(",", ":")) for entry in catalogue)
    (into / "catalogue.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def main() -> int:
    """Entry point: `--into FOLDER` writes elsewhere, to compare."""
    parser = argparse.ArgumentParser(description="Make the fonts of the official documents.")
    parser.add_argument("--into", type=Path, default=FONTS, help="folder to write (default: the product's)")
    make(parser.parse_args().into)
    return 0


if __name__ == "__main__":
    sys.exit(main())
