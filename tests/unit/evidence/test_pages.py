"""Pages of a file as pictures: who may see them, what is on them, what is kept, what is recorded."""

from __future__ import annotations

import io
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from apps.audit.models import AuditEvent
from apps.core.actor import Actor
from apps.core.errors import NotVisible
from apps.core.scoping import enter
from apps.evidence import jobs, services
from apps.evidence.models import EvidenceFile, EvidenceReading
from apps.evidence.rendering import cache, drawing, office, watermark
from apps.evidence.services.viewing import watermark_text
from apps.evidence.states import ITEM
from tests.unit.evidence import samples
from tests.unit.scoring.scenes import Scene

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def pages(settings: Any, tmp_path: Path) -> Path:
    """Return the folder the drawn pages of this test go to."""
    settings.GF_PAGE_CACHE_DIR = tmp_path / "pages"
    return tmp_path / "pages"


def _stored(scene: Scene, content: bytes, name: str = "证书.pdf", *, used: bool = True) -> str:
    enter(scene.enterprise)
    case = services.Case(scene.application_id, scene.case.enterprise_id, scene.case.district, editable=True)
    sent = SimpleUploadedFile(name, content)
    stored = services.store_upload(actor=scene.enterprise, clock=scene.clock, upload=sent, case=case)
    if used:
        services.attach(
            actor=scene.enterprise,
            clock=scene.clock,
            public_id=stored.public_id,
            case=case,
            place=ITEM,
            code="J1-01",
        )
    return stored.public_id


def _page(scene: Scene, actor: Actor, public_id: str, number: int = 1, size: str = "s") -> Image.Image:
    enter(actor)
    content = services.open_page(
        actor=actor, clock=scene.clock, public_id=public_id, number=number, size=size, organisation="示例单位"
    )
    return Image.open(io.BytesIO(content))


def _drawn(pages: Path) -> list[str]:
    return sorted(path.name for path in pages.rglob("*.jpg"))


def test_a_page_is_a_picture_of_the_asked_width(scene: Scene, pages: Path) -> None:
    file = _stored(scene, samples.pdf(3))
    picture = _page(scene, scene.enterprise, file, 2)
    assert (picture.format, picture.size) == ("JPEG", (800, 800))
    assert _drawn(pages) == ["s-2.jpg"]
    assert _page(scene, scene.enterprise, file, 2, "l").width == 1860


def test_the_watermark_names_the_viewer_and_is_not_kept(scene: Scene, pages: Path) -> None:
    file = _stored(scene, samples.pdf())
    actor = scene.district.handler
    shown = _page(scene, actor, file).convert("L")
    kept = Image.open(next(pages.rglob("s-1.jpg"))).convert("L")
    assert kept.getextrema() == (255, 255)
    assert shown.getextrema()[0] < 240
    text = watermark_text(actor, "示例单位", scene.clock.now())
    assert text == f"{actor.name} 示例单位 2026-11-22 10:00 仅供评审"
    assert "仅供本企业查阅" in watermark_text(scene.enterprise, "", scene.clock.now())


def test_two_viewers_get_different_marks(scene: Scene) -> None:
    file = _stored(scene, samples.pdf())
    ours = _page(scene, scene.district.handler, file).tobytes()
    theirs = _page(scene, scene.city.handler, file).tobytes()
    assert ours != theirs


@pytest.mark.parametrize("character", ["𠮷", "䶮", "A", "局"])
def test_rare_characters_of_a_name_are_drawn(character: str) -> None:
    font = watermark._font_for(character, 20)
    assert bytes(font.getmask(character)) != bytes(font.getmask(watermark._NOBODY))


@pytest.mark.parametrize("size", ["thumb", "s"])
def test_only_who_may_have_the_file_sees_its_pages(scene: Scene, size: str) -> None:
    file = _stored(scene, samples.pdf())
    scene.grant(scene.experts[0])
    for actor in (scene.enterprise, scene.district.handler, scene.city.handler, scene.experts[0]):
        assert _page(scene, actor, file, size=size).size[0] <= 800
        assert services.view_file(actor=actor, clock=scene.clock, public_id=file).pages == 1
    for actor in (scene.other_enterprise, scene.other_district.handler, scene.experts[1], Actor.public()):
        with pytest.raises(NotVisible):  # the drawn picture lies there already: it opens no door
            _page(scene, actor, file, size=size)
        with pytest.raises(NotVisible):
            services.view_file(actor=actor, clock=scene.clock, public_id=file)


def test_reading_by_officials_is_recorded_once_a_day(scene: Scene) -> None:
    file = _stored(scene, samples.pdf(3))
    for number in (1, 2, 3, 1):
        _page(scene, scene.district.handler, file, number)
    _page(scene, scene.district.signer, file)
    _page(scene, scene.enterprise, file)
    enter(Actor.system())
    seen = AuditEvent.objects.filter(event="evidence.view").values_list("actor_user_id", flat=True)
    assert sorted(seen) == sorted([scene.district.handler.user_id, scene.district.signer.user_id])
    scene.clock.moment = scene.clock.moment.plus(timedelta(days=1))
    _page(scene, scene.district.handler, file)
    enter(Actor.system())
    assert AuditEvent.objects.filter(event="evidence.view").count() == 3


def test_who_has_read_what_is_behind_the_wall(scene: Scene) -> None:
    file = _stored(scene, samples.pdf())
    _page(scene, scene.district.handler, file)
    for actor, number in (
        (scene.district.handler, 1),
        (scene.district.signer, 0),
        (scene.enterprise, 0),
        (scene.city.handler, 1),
        (Actor.public(), 0),
    ):
        enter(actor)
        assert EvidenceReading.objects.count() == number, actor.label


@pytest.mark.parametrize(("number", "size"), [(0, "s"), (2, "s"), (999_999, "s"), (1, "xl"), (1, "../x")])
def test_pages_that_are_not_there(scene: Scene, number: int, size: str) -> None:
    file = _stored(scene, samples.pdf())
    with pytest.raises(NotVisible):
        _page(scene, scene.enterprise, file, number, size)


def test_thumbnails_are_drawn_by_the_dozen_and_carry_no_text(scene: Scene, pages: Path) -> None:
    file = _stored(scene, samples.pdf(14))
    picture = _page(scene, scene.district.handler, file, 3, "thumb")
    assert picture.convert("L").getextrema() == (255, 255)
    assert len(_drawn(pages)) == 12
    _page(scene, scene.district.handler, file, 14, "thumb")
    assert len(_drawn(pages)) == 14


def test_a_drawn_page_needs_no_process(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    file = _stored(scene, samples.pdf())
    _page(scene, scene.enterprise, file)
    monkeypatch.setattr("apps.evidence.rendering.drawing._CHILD", Path("/nowhere"))
    assert _page(scene, scene.enterprise, file).width == 800


def test_photographs_stand_upright_on_white(scene: Scene) -> None:
    sideways = Image.new("RGB", (600, 300), "red")
    exif = sideways.getexif()
    exif[0x0112] = 6  # the camera was held upright
    target = io.BytesIO()
    sideways.save(target, "JPEG", exif=exif)
    assert _page(scene, scene.enterprise, _stored(scene, target.getvalue(), "现场.jpg")).size == (300, 600)
    glass = io.BytesIO()
    Image.new("RGBA", (50, 40), (0, 0, 0, 0)).save(glass, "PNG")
    shown = _page(scene, scene.enterprise, _stored(scene, glass.getvalue(), "截图.png"))
    assert shown.size == (50, 40)
    assert shown.convert("L").getpixel((1, 1)) > 200  # type: ignore[operator]


@pytest.mark.parametrize(
    ("size", "width", "expected"),
    [((595, 842), 1240, 1240 / 595), ((10, 10_000), 800, 0.32), ((5000, 5000), 1860, 1860 / 5000)],
)
def test_no_page_becomes_a_giant(size: tuple[float, float], width: int, expected: float) -> None:
    from apps.evidence.rendering.child import scale_of

    assert scale_of(size, width) == pytest.approx(expected)
    assert scale_of((1, 4), 4000) ** 2 * 4 <= 16_000_001


def test_a_page_that_cannot_be_drawn_says_so_and_is_not_tried_at_every_look(
    scene: Scene, pages: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = _stored(scene, samples.pdf())
    dying = tmp_path / "dying.py"
    dying.write_text("import os\nos.abort()\n", encoding="utf-8")
    monkeypatch.setattr("apps.evidence.rendering.drawing._CHILD", dying)
    with pytest.raises(services.PageBroken, match="第 1 页无法生成图像，请下载原件查看"):
        _page(scene, scene.enterprise, file)
    monkeypatch.undo()
    with pytest.raises(services.PageBroken):
        _page(scene, scene.enterprise, file)
    failed = next(pages.rglob("*.failed"))
    os.utime(failed, (0, 0))
    assert _page(scene, scene.enterprise, file).width == 800


def test_a_child_that_hangs_is_ended(scene: Scene, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = _stored(scene, samples.pdf())
    hanging = tmp_path / "hanging.py"
    hanging.write_text("import time\ntime.sleep(60)\n", encoding="utf-8")
    monkeypatch.setattr("apps.evidence.rendering.drawing._CHILD", hanging)
    monkeypatch.setattr("apps.evidence.rendering.drawing._CLOCK_SECONDS", 0.5)
    with pytest.raises(services.PageBroken):
        _page(scene, scene.enterprise, file)


def test_when_everybody_draws_the_viewer_is_asked_to_wait(
    scene: Scene, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = _stored(scene, samples.pdf())
    settings.GF_PAGE_RENDERERS = 1
    monkeypatch.setattr("apps.evidence.rendering.drawing._WAIT_SECONDS", 0.1)
    with cache.drawing(seconds=1), pytest.raises(services.PageBusy, match="稍候") as refused:
        _page(scene, scene.enterprise, file)
    assert refused.value.status == 503
    assert _page(scene, scene.enterprise, file).width == 800


def test_a_changed_original_is_not_drawn(scene: Scene, media: Path) -> None:
    file = _stored(scene, samples.pdf())
    [path] = [path for path in media.rglob("*") if path.is_file()]
    path.write_bytes(samples.pdf(2))
    with pytest.raises(services.FileDamaged):
        _page(scene, scene.enterprise, file)


def test_the_cache_is_bounded_and_the_longest_unused_goes_first(scene: Scene, pages: Path) -> None:
    file = _stored(scene, samples.pdf(3))
    for number in (1, 2, 3):
        _page(scene, scene.enterprise, file, number)
    for number, age in ((1, 10), (2, 30), (3, 20)):
        os.utime(next(pages.rglob(f"s-{number}.jpg")), (1_000_000 - age, 1_000_000 - age))
    one = next(pages.rglob("s-1.jpg")).stat().st_size
    assert cache.evict(most_bytes=2 * one) == 1
    assert _drawn(pages) == ["s-1.jpg", "s-3.jpg"]


def test_writing_much_looks_at_the_bound(
    scene: Scene, pages: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.GF_PAGE_CACHE_MB = 0
    monkeypatch.setattr(cache, "_LOOK_AFTER", 1)
    file = _stored(scene, samples.pdf())
    with pytest.raises(services.PageBroken):  # nothing may stay: the page is gone before it is sent
        _page(scene, scene.enterprise, file)
    assert _drawn(pages) == []


def test_a_removed_file_takes_its_pages_and_readings_along(
    scene: Scene, pages: Path, django_capture_on_commit_callbacks: Any
) -> None:
    file = _stored(scene, samples.pdf(), used=False)
    _page(scene, scene.district.handler, file)
    enter(scene.enterprise)
    with django_capture_on_commit_callbacks(execute=True):
        services.remove_file(actor=scene.enterprise, clock=scene.clock, public_id=file)
    assert _drawn(pages) == []
    enter(Actor.system())
    assert not EvidenceReading.objects.exists()
    assert not EvidenceFile.objects.exists()


# --- Office files


def test_without_a_converter_office_files_are_downloaded(scene: Scene, settings: Any) -> None:
    settings.GF_OFFICE_CONVERTER = "off"
    file = _stored(scene, samples.office("docx"), "说明.docx")
    found = services.view_file(actor=scene.enterprise, clock=scene.clock, public_id=file)
    assert (found.pages, found.message, found.job) == (
        0,
        "DOCX 文件不能在页面内预览，请下载原件查看。",
        "",
    )
    with pytest.raises(services.PageBroken):
        _page(scene, scene.enterprise, file)


def _converter(tmp_path: Path, body: str) -> str:
    """Return a program that is called as LibreOffice is."""
    script = tmp_path / "soffice"
    script.write_text(
        "#!/usr/bin/env python3\nimport sys\nfrom pathlib import Path\n"
        "out = Path(sys.argv[sys.argv.index('--outdir') + 1])\n"
        "assert Path(sys.argv[-1]).read_bytes()[:2] == b'PK'\n" + body,
        encoding="utf-8",
    )
    script.chmod(0o700)
    return str(script)


def test_office_files_are_converted_by_a_job_and_then_leafed_through(
    scene: Scene, settings: Any, tmp_path: Path
) -> None:
    sample = tmp_path / "made.pdf"
    sample.write_bytes(samples.pdf(4))
    settings.GF_OFFICE_CONVERTER = _converter(
        tmp_path, f"(out / 'source.pdf').write_bytes(Path({str(sample)!r}).read_bytes())\n"
    )
    file = _stored(scene, samples.office("docx"), "说明.docx")
    actor = scene.district.handler
    enter(actor)
    waiting = services.view_file(actor=actor, clock=scene.clock, public_id=file)
    assert waiting.pages == 0
    assert "正在生成页面" in waiting.message
    again = services.view_file(actor=actor, clock=scene.clock, public_id=file)
    assert again.job == waiting.job  # looking twice starts no second conversion

    class Context:
        public_id = waiting.job
        clock = scene.clock
        params = {"file": file}
        folder = tmp_path

        def __init__(self, who: Actor) -> None:
            self.actor = who

        def progress(self, done: int, total: int) -> None:
            raise AssertionError(done, total)

    with pytest.raises(NotVisible):
        jobs.convert(Context(scene.other_district.handler))
    jobs.convert(Context(actor))
    enter(actor)
    assert services.view_file(actor=actor, clock=scene.clock, public_id=file).pages == 4
    assert _page(scene, actor, file, 4).width == 800


def test_a_conversion_that_fails_is_told_and_not_repeated_at_once(
    scene: Scene, settings: Any, tmp_path: Path
) -> None:
    settings.GF_OFFICE_CONVERTER = _converter(tmp_path, "raise SystemExit(1)\n")
    path = tmp_path / "a.docx"
    path.write_bytes(samples.office("docx"))
    file = _stored(scene, path.read_bytes(), "说明.docx")
    digest = EvidenceFile.objects.get(public_id=file).digest
    with pytest.raises(office.NotConverted, match="未能转换为页面"):
        office.convert(path, kind="docx", digest=digest)
    found = services.view_file(actor=scene.enterprise, clock=scene.clock, public_id=file)
    assert (found.job, "未能转换" in found.message) == ("", True)


def test_frames_that_were_cut_off_are_left_out() -> None:
    whole = b"\x00\x00\x00\x02ab"
    assert drawing._frames(whole + b"\x00\x00\x00\x00" + whole + b"\x00\x00\x00\x09ab") == [b"ab", b"", b"ab"]
