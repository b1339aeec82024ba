"""The dossier: every paper, sheet, evidence file and event of a case in one archive that can be checked."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest

from apps.core.actor import Actor
from apps.core.errors import Conflict, Forbidden, NotVisible, WrongStep
from apps.core.scoping import enter
from apps.documents import kinds
from apps.documents.services import dossier, dossier_archive
from tests.unit.review import scenes
from tests.unit.review.scenes import Flow
from tests.unit.staging import built_once, played


def _build() -> Flow:
    flow = scenes.build(scenes.morning())
    flow.concluded()
    return flow


stage = built_once(_build)
scene = played()


class _Work:
    """A job's context without the job."""

    public_id = "work"

    def __init__(self, actor: Actor, scene: Flow, folder: Path, params: dict[str, object]) -> None:
        self.actor, self.clock, self.params, self.folder = actor, scene.clock, params, folder
        self.told: list[tuple[int, int]] = []

    def progress(self, done: int, total: int) -> None:
        self.told.append((done, total))


@pytest.mark.parametrize("of", ["case", "round"])
def test_the_archive_holds_what_its_manifest_says(
    scene: Flow, tmp_path: Path, of: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One paper is made for both: printing all of them takes seconds and is tested with the papers.
    monkeypatch.setattr(dossier, "_EXPECTED", (kinds.PANEL_OPINION, kinds.CREDIT_RECORD))
    enter(Actor.system())
    public_id = scene.case if of == "case" else scene.round_id
    work = _Work(scene.city.handler, scene, tmp_path, {"of": of, "public_id": public_id})
    real = dossier.prepare
    # A step that was not reached yet is no loss; a paper that could not be made is.
    reason = WrongStep("尚未查询征信。") if of == "case" else Conflict("刚刚被修改。")

    def prepare(**arguments: object) -> object:
        if arguments["kind"] == kinds.CREDIT_RECORD:
            raise reason
        return real(**arguments)

    monkeypatch.setattr(dossier, "prepare", prepare)
    result = dossier._run(work)
    assert result.values["cases"] == 1
    assert work.told[-1] == (1, 1)
    assert result.path is not None
    with zipfile.ZipFile(result.path) as archive:
        assert archive.testzip() is None
        manifest = json.loads(archive.read("manifest.json"))
        listed = {row["path"]: row for row in manifest["files"] if not row["missing"]}
        assert set(archive.namelist()) == {*listed, "manifest.json"}
        for path, row in listed.items():
            content = archive.read(path)
            assert (len(content), hashlib.sha256(content).hexdigest()) == (row["size"], row["sha256"]), path
        absent = [[row["path"], row["missing"]] for row in manifest["files"] if row["missing"]]
        assert [("征信查询记录" in path, why) for path, why in absent] == [(True, reason.message)]
        assert result.values["left_out"] == ([] if of == "case" else absent)
        assert (result.values["pending"], result.values["missing"]) == ((1, 0) if of == "case" else (0, 1))
        assert reason.message in archive.read("目录.html").decode()
        whats = {row["what"] for row in listed.values()}
        assert {
            "申报信息",
            "专家组评估意见",
            "企业自评表",
            "属地初评表",
            "专家评分表",
            "审计摘录",
            "佐证目录",
            "目录",
        } <= whats
        sheet = next(path for path, row in listed.items() if row["what"] == "专家评分表")
        lines = list(csv.reader(io.StringIO(archive.read(sheet).decode("utf-8-sig"))))
        assert lines[-1][0] == "合计"
        assert float(lines[-1][3]) > 80
        trail = next(path for path in listed if path.endswith("审计摘录.csv"))
        assert "application.submit" in archive.read(trail).decode("utf-8-sig")
        assert "<script" not in archive.read("目录.html").decode()


def test_the_notice_the_objection_and_the_recognition_are_made_too(
    scene: Flow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody has to have opened them as files before they are in the dossier; what there is none of is not asked for."""
    subjects = (
        ("notice", "somenotice0000"),
        ("objection", "anobjection000"),
        ("recognition", "somelist000000"),
    )
    monkeypatch.setattr(dossier.publicity, "subjects_of", lambda **_: subjects)
    asked: set[tuple[str, str]] = set()

    def prepare(*, kind: str, public_id: str, **_: object) -> object:
        asked.add((public_id, kind))
        raise Forbidden("不提供。") if kind == kinds.OBJECTION_RECORD else NotVisible

    monkeypatch.setattr(dossier, "prepare", prepare)
    work = _Work(scene.city.handler, scene, tmp_path, {})
    unmade = dossier._make_papers(work, None, scene.case)
    assert asked == {
        *((scene.case, kind) for kind in dossier._EXPECTED),
        ("somenotice0000", kinds.NOTICE),
        ("anobjection000", kinds.OBJECTION_RECORD),
        ("somelist000000", kinds.RECOGNITION),
    }
    assert unmade[kinds.OBJECTION_RECORD] == ("不提供。", False)


def test_a_case_nobody_objected_to_is_not_told_to_lack_the_sheet(scene: Flow, tmp_path: Path) -> None:
    district = scene.district.handler
    unmade = dossier._make_papers(_Work(district, scene, tmp_path, {}), None, scene.case)
    assert not {kinds.NOTICE, kinds.OBJECTION_RECORD, kinds.RECOGNITION} & set(unmade)


def test_names_that_would_leave_the_archive_are_made_harmless() -> None:
    harmless = dossier_archive.safe_name("../../etc/passwd\x00.pdf")
    assert not {"/", "\x00"} & set(harmless)
    assert not harmless.startswith(".")
    assert "/" not in dossier_archive.safe_name("a/b\\c:d")
    assert dossier_archive.cell("=1+1") == "'=1+1"
    assert dossier_archive.cell("-3.5") == "-3.5"
