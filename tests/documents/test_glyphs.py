"""Characters: what the vendored fonts carry, rare names drawn right, undrawable ones named (DECISIONS 17)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace

import pypdfium2
import pytest
from fontTools.ttLib import TTFont

from apps.documents.rendering import fonts
from apps.documents.rendering.engine import RenderedPdf, Renderer, RenderOptions
from apps.documents.rendering.errors import MissingGlyph
from apps.documents.rendering.paper import render_paper
from tests.documents import samples
from tests.documents.measure import text_of

RARE = "𠮷䶮昇堃喆琎旻玥䲟㛃𬸚𬭎𫖮𪟝"
MARKS = "㎡²³℃‰≥≤×÷±√①⑳Ⅰ□■☐☑✓〔〕《》“”……——·％￥"
FOLDER = fonts.ASSETS / "fonts"
Pages = Callable[[RenderedPdf], list[pypdfium2.PdfPage]]


def double_byte(encoding: str, leads: range, trails: range) -> set[str]:
    texts = set()
    for lead in leads:
        for trail in trails:
            text = bytes((lead, trail)).decode(encoding, errors="ignore")
            if len(text) == 1 and not fonts.is_silent(text):
                texts.add(text)
    return texts


@pytest.mark.parametrize("face", fonts.faces(), ids=lambda face: face.file)
def test_the_catalogue_says_what_is_in_the_file(face: fonts.Face) -> None:
    path = FOLDER / face.file
    with TTFont(path, lazy=True) as font:
        carried = set(font.getBestCmap())
        names = {record.nameID: str(record) for record in font["name"].names}
        metrics = (font["hhea"].ascent, font["hhea"].descent, font["hhea"].lineGap, font["head"].unitsPerEm)
    listed = {
        point for first, last in zip(face.starts, face.ends, strict=True) for point in range(first, last + 1)
    }
    assert carried == listed
    assert names[1] == face.family
    assert "Open Font License" in names[13]
    assert metrics == (880, -120, 0, 1000)  # the same in every face, or mixed lines leave the grid
    assert path.stat().st_size < 10 * 1000 * 1000


def test_files_licences_and_digests_belong_together() -> None:
    import json

    entries = json.loads((FOLDER / "catalogue.json").read_text(encoding="utf-8"))
    assert {entry["file"] for entry in entries} == {path.name for path in FOLDER.glob("*.woff2")}
    for entry in entries:
        assert hashlib.sha256((FOLDER / entry["file"]).read_bytes()).hexdigest() == entry["sha256"]
        for licence in entry["licences"]:
            assert "SIL OPEN FONT LICENSE" in (FOLDER / licence).read_text(encoding="utf-8")


def test_gb2312_and_gbk_are_carried_whole() -> None:
    gb2312 = double_byte("gb2312", range(0xA1, 0xF8), range(0xA1, 0xFF))
    gbk = {
        text
        for text in double_byte("gbk", range(0x81, 0xFF), range(0x40, 0xFF))
        if "\u4e00" <= text <= "\u9fff"
    }
    assert len(gb2312) > 7400
    assert len(gbk) > 20900
    assert fonts.Reading(dict.fromkeys(gb2312 | gbk, "")).missing == {}
    assert fonts.Reading(dict.fromkeys(RARE + MARKS, "")).missing == {}


def test_common_text_loads_only_the_base_files() -> None:
    assert {face.part for face in fonts.read("<p>苏州市3A级绿色工厂</p>").faces()} == {"base"}
    assert {face.part for face in fonts.read("<p>常熟昇堃喆公司</p>").faces()} == {"base", "ext"}
    assert {face.part for face in fonts.read("<p>𠮷野（苏州）公司</p>").faces()} == {"base", "rare"}


def test_rare_names_and_marks_are_drawn(renderer: Renderer, pages: Pages) -> None:
    name = f"苏州{RARE}精密机械有限公司"
    paper = replace(samples.panel_opinion(), enterprise=name, opinion=(f"符号：{MARKS}",))
    text = text_of(pages(render_paper(paper, renderer=renderer))[0]).replace("\n", "")
    assert [character for character in RARE + MARKS if character not in text] == []


def test_a_rare_character_has_ink_and_is_no_box(renderer: Renderer, pages: Pages) -> None:
    """Each of them looks different from the others and from an empty box."""
    seen = set()
    for character in (*RARE, "国"):
        pdf = renderer.render_html(
            "<!doctype html><style>@page{size:30mm;margin:5mm}"
            f"p{{margin:0;font:48pt/1 var(--fang)}}</style><p>{character}"
        )
        image = pages(pdf)[0].render(scale=2).to_pil().convert("L").point(lambda value: 255 * (value > 128))
        ink = image.tobytes().count(0)
        assert ink > 200
        seen.add(image.tobytes())
    assert len(seen) == len(RARE) + 1


@pytest.mark.parametrize("character", ["🏭", "ᠮ", "ا", "\ue000", "�"])
def test_a_character_that_no_font_carries_is_refused_by_name(character: str) -> None:
    paper = replace(samples.certificate(), enterprise=f"苏州{character}科技有限公司")
    with pytest.raises(MissingGlyph) as refusal:
        render_paper(paper)
    assert refusal.value.characters == (character,)
    assert f"“{character}”（U+{ord(character):04X}）" in refusal.value.message
    assert "科技有限" in refusal.value.message


def test_all_of_them_are_named_once() -> None:
    with pytest.raises(MissingGlyph) as refusal, Renderer(RenderOptions()) as own:
        own.render_html("<p>甲🏭乙🏭丙</p><td>丁🦀")
    assert refusal.value.characters == ("🏭", "🦀")


def test_silent_characters_are_no_reason_to_refuse(renderer: Renderer) -> None:
    text = "苏\u200b州\ufe0f\u00ad\u2060绿\u00a0色\t工厂\u3000\ufeff"
    assert fonts.read(f"<p>{text}</p>").missing == {}
    assert (
        renderer.render_html(f"<!doctype html><html lang='zh-CN'><title>文</title><p>{text}").warnings == ()
    )


def test_what_is_not_printed_is_not_read() -> None:
    assert fonts.read("<title>🏭</title><style>/* 🏭 */</style><script>🏭</script><p>正文").missing == {}


def test_the_child_checks_again(renderer: Renderer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the catalogue wrong, the renderer itself would still refuse to print a box."""
    monkeypatch.setattr(fonts.Reading, "missing", property(lambda _reading: {}))
    with pytest.raises(MissingGlyph, match="U\\+1F3ED"):
        renderer.render_html("<!doctype html><p>苏州🏭")


def test_licensed_fonts_come_first_where_a_bureau_has_them() -> None:
    sheet = fonts.style_sheet(fonts.read("<p>文").faces(), prefer_installed=True)
    assert '--fang:"仿宋_GB2312"' in sheet
    assert sheet.index('"方正小标宋_GBK"') < sheet.index("--title:") + 40
    assert '"GF Fang"' in sheet
    assert "仿宋_GB2312" not in fonts.style_sheet(fonts.read("<p>文").faces(), prefer_installed=False)
