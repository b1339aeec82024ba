"""Uploading, using, marking and sending files; the walls around them."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction

from apps.audit.models import AuditEvent
from apps.core.actor import Actor
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.scoping import enter
from apps.evidence import selectors, services, storage, verification
from apps.evidence.models import EvidenceFile, EvidenceMark, EvidenceUse
from apps.evidence.services import arriving, uploading
from apps.evidence.states import DOUBTED, ITEM, REQUIREMENT, VERIFIED
from apps.policy.parameters import DEFAULTS
from tests.unit.evidence import samples
from tests.unit.scoring import scenes
from tests.unit.scoring.scenes import Scene

pytestmark = pytest.mark.django_db


def _case(scene: Scene, **changes: Any) -> services.Case:
    made = services.Case(scene.application_id, scene.case.enterprise_id, scene.case.district, editable=True)
    return replace(made, **changes)


def _upload(
    scene: Scene,
    content: bytes | None = None,
    *,
    name: str = "年度报告.pdf",
    actor: Actor | None = None,
    case: services.Case | None = None,
) -> services.StoredFile:
    who = actor or scene.enterprise
    enter(who)
    sent = SimpleUploadedFile(name, samples.pdf() if content is None else content)
    return services.store_upload(actor=who, clock=scene.clock, upload=sent, case=case)


def _attached(
    scene: Scene, code: str = "J1-01", **more: Any
) -> tuple[services.StoredFile, services.AttachedUse]:
    stored = _upload(scene, case=_case(scene))
    use = services.attach(
        actor=scene.enterprise,
        clock=scene.clock,
        public_id=stored.public_id,
        case=_case(scene),
        place=ITEM,
        code=code,
        **more,
    )
    return stored, use


def _on_disk(media: Path) -> list[Path]:
    return [path for path in media.rglob("*") if path.is_file()]


# --- uploading


def test_a_file_is_stored_under_a_name_of_ours(scene: Scene, media: Path) -> None:
    content = samples.pdf(3)
    stored = _upload(scene, content)
    row = EvidenceFile.objects.get(pk=stored.id)
    assert (stored.name, stored.pages, stored.kind_label, stored.duplicate) == (
        "年度报告.pdf",
        3,
        "PDF",
        False,
    )
    assert [path.read_bytes() for path in _on_disk(media)] == [content]
    assert storage.full_path(row.stored_name).parent.parent == media / "evidence"
    assert "年度" not in row.stored_name
    assert row.digest not in row.stored_name
    enter(Actor.system())
    assert AuditEvent.objects.get(event="evidence.upload").after["digest"] == row.digest


def test_the_same_bytes_are_stored_once(scene: Scene, media: Path) -> None:
    first = _upload(scene)
    again = _upload(scene, name="另一个名字.pdf")
    assert (again.public_id, again.duplicate) == (first.public_id, True)
    assert again.message == "该文件已上传（年度报告.pdf），无需重复上传。"
    other = _upload(scene, actor=scene.other_enterprise)
    assert other.public_id != first.public_id  # another enterprise learns nothing
    assert len(_on_disk(media)) == 2


def test_a_lost_file_comes_back_with_the_same_bytes(scene: Scene, media: Path) -> None:
    stored = _upload(scene)
    _on_disk(media)[0].unlink()
    assert _upload(scene).public_id == stored.public_id
    assert len(_on_disk(media)) == 1


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("..\\..\\windows\\a.pdf", "a.pdf"),
        ("报告\u202efdp.exe.pdf", "报告fdp.exe.pdf"),
        (" .pdf", "未命名.pdf"),
    ],
)
def test_names_are_shown_safely(scene: Scene, name: str, shown: str) -> None:
    enter(scene.enterprise)
    sent = SimpleUploadedFile("a.pdf", samples.pdf())
    sent._name = name  # type: ignore[attr-defined]  # what a hand-made request carries
    stored = services.store_upload(actor=scene.enterprise, clock=scene.clock, upload=sent)
    assert stored.name == shown


def test_a_refused_file_leaves_nothing(scene: Scene, media: Path) -> None:
    with pytest.raises(Invalid, match="文件内容不是 PDF") as refused:
        _upload(scene, b"<html></html>")
    assert list(refused.value.errors) == ["file"]
    assert _on_disk(media) == []
    assert not EvidenceFile.objects.exists()


@pytest.mark.parametrize("declared", [True, False])
def test_the_size_limit_counts_bytes_not_claims(
    scene: Scene, media: Path, monkeypatch: pytest.MonkeyPatch, *, declared: bool
) -> None:
    monkeypatch.setattr(uploading, "in_force", lambda **_: replace(DEFAULTS, upload_file_mb=1))
    enter(scene.enterprise)
    sent = SimpleUploadedFile("a.pdf", bytes(1024 * 1024 + 1))
    if not declared:
        sent.size = 10
    with pytest.raises(Invalid, match="超过 1 MB 上限，请压缩或拆分后上传"):
        services.store_upload(actor=scene.enterprise, clock=scene.clock, upload=sent)
    assert _on_disk(media) == []


def test_a_full_disk_says_so_and_leaves_no_orphan(
    scene: Scene, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(storage.os, "fsync", full)
    with pytest.raises(services.StorageFull, match="存储空间不足，文件未保存"):
        _upload(scene)
    assert _on_disk(media) == []
    assert not EvidenceFile.objects.exists()


def test_a_row_that_cannot_be_written_leaves_no_file(
    scene: Scene, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: Any) -> None:
        raise DatabaseError

    monkeypatch.setattr(arriving.audit, "record", broken)
    with pytest.raises(DatabaseError):
        _upload(scene)
    assert _on_disk(media) == []


def test_a_closed_application_takes_no_files(scene: Scene) -> None:
    closed = _case(scene, editable=False, closed_message="申报已于 2026-11-20 截止。")
    with pytest.raises(WrongStep, match="申报已于 2026-11-20 截止"):
        _upload(scene, case=closed)
    with pytest.raises(WrongStep, match="已提交，不能修改"):
        _upload(scene, case=_case(scene, editable=False))
    with pytest.raises(NotVisible):
        _upload(scene, actor=scene.other_enterprise, case=_case(scene))
    with pytest.raises(Forbidden):
        _upload(scene, actor=scene.district.handler)


@pytest.mark.parametrize(
    "limits", [{"upload_files_per_application": 1}, {"upload_application_mb": 1, "upload_file_mb": 1}]
)
def test_an_application_has_limits(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, limits: dict[str, int]
) -> None:
    _attached(scene)
    if "upload_application_mb" in limits:
        EvidenceFile.objects.update(size=1024 * 1024)
    small = replace(DEFAULTS, **limits)  # type: ignore[arg-type]  # names and values of parameters
    monkeypatch.setattr(uploading, "in_force", lambda **_: small)
    with pytest.raises(Invalid, match="每件申报的附件最多"):
        _upload(scene, samples.pdf(2), case=_case(scene))
    assert _upload(scene, case=_case(scene)).duplicate  # what is there already does not count twice


# --- using


def test_a_file_stands_at_its_places(scene: Scene) -> None:
    stored, first = _attached(scene, page_from=1, page_to=1, note="封面")
    put = {
        "actor": scene.enterprise,
        "clock": scene.clock,
        "public_id": stored.public_id,
        "case": _case(scene),
    }
    assert services.attach(**put, place=ITEM, code="J1-01") == first  # twice is once
    second = services.attach(**put, place=REQUIREMENT, code="V-01")
    assert (first.count, second.count) == (1, 1)
    counts = selectors.counts(actor=scene.enterprise, application_id=scene.application_id)
    assert counts == {(ITEM, "J1-01"): 1, (REQUIREMENT, "V-01"): 1}
    uses = selectors.uses_by_place(actor=scene.enterprise, application_id=scene.application_id)
    assert (uses[ITEM, "J1-01"][0].pages_text, uses[ITEM, "J1-01"][0].note) == ("第 1 页", "封面")
    usage = selectors.usage(
        actor=scene.enterprise, application_id=scene.application_id, on=scene.clock.now().on
    )
    assert (usage.files, usage.most_files) == (1, 300)
    left = services.detach(
        actor=scene.enterprise, clock=scene.clock, public_id=first.public_id, case=_case(scene)
    )
    assert left == 0
    manifest = selectors.manifest(actor=scene.enterprise, application_id=scene.application_id)
    assert [(row["place"], row["code"]) for row in manifest] == [(REQUIREMENT, "V-01")]


@pytest.mark.parametrize(("first", "last"), [(0, 1), (2, 1), (1, 2), (-1, None)])
def test_pages_must_exist(scene: Scene, first: int, last: int | None) -> None:
    with pytest.raises(Invalid):
        _attached(scene, page_from=first, page_to=last)


def test_after_submission_nothing_moves(scene: Scene) -> None:
    stored, use = _attached(scene)
    assert (
        services.keep_files(actor=scene.enterprise, clock=scene.clock, application_id=scene.application_id)
        == 1
    )
    closed = _case(scene, editable=False)
    act = {"actor": scene.enterprise, "clock": scene.clock}
    with pytest.raises(WrongStep):
        services.attach(**act, public_id=stored.public_id, case=closed, place=ITEM, code="J1-02")
    with pytest.raises(WrongStep):
        services.detach(**act, public_id=use.public_id, case=closed)
    with pytest.raises(WrongStep):
        services.set_pages(**act, public_id=use.public_id, case=closed, page_from=1, page_to=1)
    services.detach(**act, public_id=use.public_id, case=_case(scene))
    with pytest.raises(WrongStep, match="须保留备查"):
        services.remove_file(**act, public_id=stored.public_id)


def test_an_unused_file_can_be_removed(
    scene: Scene, media: Path, django_capture_on_commit_callbacks: Any
) -> None:
    stored, use = _attached(scene)
    act = {"actor": scene.enterprise, "clock": scene.clock}
    with pytest.raises(WrongStep, match="正在使用"):
        services.remove_file(**act, public_id=stored.public_id)
    services.detach(**act, public_id=use.public_id, case=_case(scene))
    with django_capture_on_commit_callbacks(execute=True):
        services.remove_file(**act, public_id=stored.public_id)
    assert _on_disk(media) == []


def test_marks_are_the_scorers_own(scene: Scene) -> None:
    _, use = _attached(scene)
    for expert in scene.experts:
        scene.grant(expert)
    marks = {scene.district.handler: VERIFIED, scene.experts[0]: DOUBTED, scene.city.handler: VERIFIED}
    for actor, mark in marks.items():
        enter(actor)
        for _ in range(2):
            services.mark_use(
                actor=actor, clock=scene.clock, public_id=use.public_id, mark=mark, note="核对原件"
            )

    def seen(actor: Actor) -> set[str]:
        enter(actor)
        row = selectors.uses_of(actor=actor, application_id=scene.application_id)[0]
        assert {mark.role for mark in row.marks} == set(
            EvidenceMark.objects.values_list("role", flat=True)
        ) or actor is scene.enterprise
        return {mark.role for mark in row.marks}

    assert seen(scene.enterprise) == set()
    assert seen(scene.district.handler) == {"district"}
    assert seen(scene.experts[0]) == {"district", "expert"}
    assert seen(scene.experts[1]) == {"district"}
    assert seen(scene.city.handler) == {"district", "expert", "municipal"}
    enter(scene.experts[0])
    services.mark_use(actor=scene.experts[0], clock=scene.clock, public_id=use.public_id, mark="")
    assert seen(scene.experts[0]) == {"district"}
    with pytest.raises(Forbidden):
        services.mark_use(actor=scene.enterprise, clock=scene.clock, public_id=use.public_id, mark=VERIFIED)
    enter(scene.other_district.handler)
    with pytest.raises(NotVisible):
        services.mark_use(
            actor=scene.other_district.handler, clock=scene.clock, public_id=use.public_id, mark=VERIFIED
        )


# --- reading


def test_reading_is_checked_again_and_recorded(scene: Scene) -> None:
    stored, _ = _attached(scene)
    scene.grant(scene.experts[0])
    readers = [scene.enterprise, scene.district.signer, scene.city.handler, scene.experts[0]]
    for actor in readers:
        enter(actor)
        sent = services.open_file(actor=actor, clock=scene.clock, public_id=stored.public_id)
        assert sent.path.read_bytes().startswith(b"%PDF-")
        assert (sent.name, sent.content_type) == ("年度报告.pdf", "application/pdf")
    for actor in (scene.other_enterprise, scene.other_district.handler, scene.experts[1], Actor.public()):
        enter(actor)
        with pytest.raises(NotVisible):
            services.open_file(actor=actor, clock=scene.clock, public_id=stored.public_id)
    scenes.revoke_application(scene.experts[0], scene.application_id)
    enter(scene.experts[0])
    with pytest.raises(NotVisible):
        services.open_file(actor=scene.experts[0], clock=scene.clock, public_id=stored.public_id)
    enter(Actor.system())
    reads = AuditEvent.objects.filter(event="evidence.read").values_list("actor_user_id", flat=True)
    assert sorted(reads) == sorted(actor.user_id for actor in readers[1:] if actor.user_id)


def test_damaged_bytes_are_never_sent(scene: Scene, media: Path) -> None:
    stored = _upload(scene)
    path = _on_disk(media)[0]
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(services.FileDamaged):
        services.open_file(actor=scene.enterprise, clock=scene.clock, public_id=stored.public_id)
    enter(Actor.system())
    assert any("摘要不符" in problem for problem in verification.problems())
    path.unlink()
    assert any("不存在" in problem for problem in verification.problems())


def test_verification_and_tidying_find_strangers(scene: Scene, media: Path) -> None:
    _upload(scene)
    enter(Actor.system())
    assert list(verification.problems()) == []
    stray = media / "evidence" / "ab" / "stray"
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"x")
    assert list(verification.problems()) == [], "an upload may be under way, or was refused a moment ago"
    os.utime(stray, (stray.stat().st_mtime - 90_000,) * 2)
    assert any("没有对应" in problem for problem in verification.problems())
    now = scene.clock.now().at.timestamp()
    os.utime(stray, (now, now))
    assert services.remove_orphans(clock=scene.clock) == 0  # an upload may be under way
    os.utime(stray, (now - 90_000, now - 90_000))
    assert services.remove_orphans(clock=scene.clock) == 1
    assert len(_on_disk(media)) == 1


def _behind_the_wall(actor: Actor, table: str) -> int:
    enter(actor)
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from {table}")  # noqa: S608  (a constant of this test)
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("model", [EvidenceFile, EvidenceUse])
def test_the_wall_agrees_with_the_scope(scene: Scene, model: Any) -> None:
    _attached(scene)
    scene.grant(scene.experts[0])
    expected = [
        (scene.enterprise, 1),
        (scene.other_enterprise, 0),
        (scene.district.handler, 1),
        (scene.other_district.handler, 0),
        (scene.city.handler, 1),
        (scene.experts[0], 1),
        (scene.experts[1], 0),
        (Actor.public(), 0),
    ]
    for actor, number in expected:
        assert _behind_the_wall(actor, model._meta.db_table) == number, actor.label
        assert model.objects.visible_to(actor).count() == number, actor.label


def test_a_transferred_case_takes_its_files_along(scene: Scene) -> None:
    stored, _ = _attached(scene)
    enter(scene.district.handler)
    services.follow_application(
        actor=scene.district.handler,
        clock=scene.clock,
        application_id=scene.application_id,
        district=scene.other_district.handler.district or "",
    )
    enter(scene.other_district.handler)
    assert services.open_file(
        actor=scene.other_district.handler, clock=scene.clock, public_id=stored.public_id
    ).name


def test_what_was_found_on_site_is_not_the_enterprises(scene: Scene) -> None:
    actor = scene.district.handler
    stored = _upload(
        scene, samples.picture("JPEG"), name="现场.jpg", actor=actor, case=_case(scene, editable=False)
    )
    services.attach(
        actor=actor,
        clock=scene.clock,
        public_id=stored.public_id,
        case=_case(scene, editable=False),
        place=ITEM,
        code="J1-01",
    )
    for table in ("evidence_evidencefile", "evidence_evidenceuse"):
        assert _behind_the_wall(scene.enterprise, table) == 0
        assert _behind_the_wall(actor, table) == 1
    assert EvidenceFile.objects.visible_to(scene.enterprise).count() == 0
    with pytest.raises(NotVisible):
        services.open_file(actor=scene.enterprise, clock=scene.clock, public_id=stored.public_id)


def test_marks_cannot_be_forged_behind_the_services(scene: Scene) -> None:
    _, use = _attached(scene)
    enter(scene.district.handler)
    services.mark_use(actor=scene.district.handler, clock=scene.clock, public_id=use.public_id, mark=VERIFIED)
    enter(scene.district.signer)
    assert EvidenceMark.objects.update(mark=DOUBTED) == 0
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        EvidenceMark.objects.create(
            use=EvidenceUse.objects.get(public_id=use.public_id),
            mark=DOUBTED,
            role="district",
            marked_by_id=scene.district.handler.user_id,
            marked_at=scene.clock.now().at,
        )
