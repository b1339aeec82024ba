"""Letters with objections: checked like evidence, few and small, read by the city alone (R-25, SECURITY R20–R22)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.urls import reverse

from apps.core.actor import Actor
from apps.core.errors import Invalid, NotVisible, WrongStep
from apps.core.scoping import enter
from apps.publicity import selectors
from apps.publicity import services as publicity
from apps.publicity.models import Objection, ObjectionPaper
from apps.publicity.verification import problems
from tests.portals.municipal.desk import Desk, text_of
from tests.unit.foundation import rows
from tests.unit.publicity.letters import LETTER
from tests.unit.refusals import refused
from tests.unit.review import scenes
from tests.unit.staging import built_once, played

FORM = publicity.ObjectionForm(
    party="unit", person="", unit="示例环保志愿者协会", contact="0512-00000009", matter="夜间噪声较大。"
)


def _build() -> scenes.Flow:
    flow = scenes.build(scenes.morning())
    flow.on_notice()
    return flow


stage = built_once(_build)
scene = played()


def letter(name: str = "盖章函.pdf", content: bytes = LETTER) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/html")


def file(scene: scenes.Flow, *papers: SimpleUploadedFile) -> publicity.ObjectionReceipt:
    return publicity.file_objection(
        actor=scene.be(Actor.public()),
        clock=scene.clock,
        entry_public_id=scene.entry(),
        form=FORM,
        papers=papers,
    )


def kept() -> set[Path]:
    return {path for path in (Path(settings.MEDIA_ROOT) / "objections").rglob("*") if path.is_file()}


def test_a_letter_is_kept_out_of_reach_and_read_by_the_city_alone(scene: scenes.Flow) -> None:
    file(scene, letter())
    enter(Actor.system())
    paper = ObjectionPaper.objects.get()
    assert (paper.kind, paper.content_type, paper.display_name) == ("pdf", "application/pdf", "盖章函.pdf")
    assert (Path(settings.MEDIA_ROOT) / paper.stored_name).read_bytes() == LETTER
    for stranger in (Actor.public(), scene.enterprise, scene.district.handler, scene.experts[0]):
        scene.be(stranger)
        assert rows("select count(*) from publicity_objectionpaper") == [(0,)]
        refused(
            NotVisible, publicity.open_paper, actor=stranger, clock=scene.clock, public_id=paper.public_id
        )
    found = publicity.open_paper(
        actor=scene.be(scene.city.handler), clock=scene.clock, public_id=paper.public_id
    )
    assert found.path.read_bytes() == LETTER
    assert rows("select count(*) from audit_auditevent where event = 'objection.paper_read'") == [(1,)]
    enter(Actor.system())
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update publicity_objectionpaper set digest = repeat('0', 64)")
    enter(Actor.system())
    assert list(problems()) == []
    found.path.write_bytes(b"changed")
    told = f"异议{Objection.objects.get().receipt_no}的第 1 份材料"
    assert list(problems()) == [f"{told}的内容与上传时的摘要不符。"]
    with pytest.raises(Exception, match="校验"):
        publicity.open_paper(actor=scene.be(scene.city.handler), clock=scene.clock, public_id=paper.public_id)
    found.path.unlink()
    enter(Actor.system())
    assert list(problems()) == [f"{told}的文件不存在。"]


@pytest.mark.parametrize(
    ("papers", "words"),
    [
        ([letter("a.docx", b"PK\x03\x04")], ""),
        ([letter("a.html", b"<script>alert(1)</script>")], ""),
        ([letter("a.pdf", b"<html>")], ""),
        ([letter("a.pdf", LETTER.replace(b"/Catalog", b"/Catalog/OpenAction<</S/JavaScript/JS(1)>>"))], ""),
        ([letter("a.pdf", b"%PDF-1.4" + b"0" * (10 * 1024 * 1024))], "10 MB"),
        ([letter(f"{n}.pdf") for n in range(4)], "最多 3 份"),
        ([letter(), letter("b.pdf", b"")], "为空"),
    ],
)
def test_a_faulty_letter_refuses_the_whole_and_leaves_nothing(
    scene: scenes.Flow, papers: list[SimpleUploadedFile], words: str
) -> None:
    before = kept()
    error = refused(
        Invalid,
        publicity.file_objection,
        actor=scene.be(Actor.public()),
        clock=scene.clock,
        entry_public_id=scene.entry(),
        form=FORM,
        papers=papers,
    )
    assert isinstance(error, Invalid)
    assert set(error.errors) == {"papers"}
    assert words in "".join(error.errors["papers"])
    assert kept() == before


def test_letters_come_later_with_receipt_and_code(scene: scenes.Flow) -> None:
    receipt = file(scene)
    arguments: dict[str, Any] = {
        "clock": scene.clock,
        "receipt_no": receipt.receipt_no,
        "query_code": receipt.query_code,
    }
    public = scene.be(Actor.public())
    wrong = {**arguments, "query_code": "AAAAAAAA", "uploads": [letter()]}
    refused(NotVisible, publicity.add_papers, actor=public, **wrong)
    refused(Invalid, publicity.add_papers, actor=public, **arguments, uploads=[])
    assert publicity.add_papers(actor=public, **arguments, uploads=[letter(), letter("b.pdf")]) == 2
    refused(Invalid, publicity.add_papers, actor=public, **arguments, uploads=[letter(), letter("c.pdf")])
    found = selectors.objection_status(
        actor=public, receipt_no=receipt.receipt_no, query_code=receipt.query_code
    )
    assert (found.papers, found.is_open) == (2, True)
    enter(Actor.system())
    publicity.decline_objection(
        actor=scene.be(scene.city.handler),
        clock=scene.clock,
        public_id=Objection.objects.get().public_id,
        reason="与公示无关。",
    )
    refused(
        WrongStep,
        publicity.add_papers,
        actor=scene.be(Actor.public()),
        **arguments,
        uploads=[letter("d.pdf")],
    )


def test_the_office_is_not_flooded(scene: scenes.Flow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.publicity.services.papers._MOST_A_DAY", 1)
    file(scene, letter())
    with pytest.raises(Invalid) as caught:
        file(scene, letter("b.pdf"))
    assert "次日" in "".join(caught.value.errors["papers"])
    enter(Actor.system())
    assert Objection.objects.count() == 1


def test_pages_of_letters_and_corrections(scene: scenes.Flow) -> None:
    file(scene, letter())
    enter(Actor.system())
    objection = Objection.objects.get().public_id
    desk = Desk(scene)
    assert "盖章函.pdf" in text_of(desk.get("objection", objection))
    paper = ObjectionPaper.objects.get().public_id
    sent = desk.get("objection_paper", paper)
    assert sent.headers["Content-Disposition"].startswith("attachment")
    assert sent.headers["X-Content-Type-Options"] == "nosniff"
    assert b"".join(sent.streaming_content) == LETTER
    assert desk.get("objection_paper", "none").status_code == 404
    assert desk.post("accept_objection", objection, note="").status_code == 302
    form = text_of(desk.get("propose_correction", objection))
    code = form.split('name="points-')[1].split('"')[0]
    wrong = desk.post("propose_correction", objection, act="preview", **{f"points-{code}": "abc"})
    assert "请填写分值" in text_of(wrong)
    # Both faults are told at once, each at its item; what was typed stays.
    other = next(one.split('"')[0] for one in form.split('name="points-')[2:] if not one.startswith(code))
    both = {f"points-{code}": "abc", f"points-{other}": "99"}
    twice = text_of(desk.post("propose_correction", objection, act="preview", **both))
    assert "请填写分值" in twice
    assert "有内容需要修改（2 处）" in twice
    assert 'value="99"' in twice
    looked = text_of(
        desk.post(
            "propose_correction", objection, act="preview", reason="经核查。", **{f"points-{code}": "0"}
        )
    )
    assert "更正的影响" in looked
    assert "经核查。" in looked
    made = desk.post(
        "propose_correction", objection, act="propose", reason="经核查。", **{f"points-{code}": "0"}
    )
    correction = made.url.rstrip("/").rsplit("/", 1)[1]
    assert "批准更正</button>" not in text_of(desk.get("mark_correction", correction))
    signer = scene.city.signer
    empty = desk.post("approve_correction", correction, by=signer, conclusion="")
    assert empty.status_code == 422
    done = desk.post("approve_correction", correction, by=signer, conclusion="属实。")
    assert done.url == reverse("municipal:mark_correction", args=[correction])
    assert "评分表新旧版本" in text_of(desk.get("mark_correction", correction))
    assert desk.post("return_correction", correction, by=signer, reason="晚了。").status_code == 409
