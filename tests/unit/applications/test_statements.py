"""How many SQL statements the acts of a deadline evening make: bounded, whatever the number of items and files."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.applications import services as applications
from apps.deadlines.selectors import work_calendar
from apps.evidence import services as evidence
from apps.scoring import selectors as scoring
from tests.unit.applications.scenes import Scene
from tests.unit.evidence import samples

pytestmark = pytest.mark.django_db
#: Savepoints stand in for BEGIN and COMMIT here, because a test already runs in a transaction.
_FRAME = ("SAVEPOINT", "RELEASE SAVEPOINT")
_SUBMIT, _AUTOSAVE, _ATTACH = 29, 8, 10


def _statements(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as seen:
        act()
    return sum(not row["sql"].startswith(_FRAME) for row in seen.captured_queries)


def _codes(scene: Scene, public_id: str) -> list[str]:
    row = scene.row(public_id)
    assert row.scheme_id is not None
    scene.be(scene.enterprise)
    spec = scoring.scheme_spec(actor=scene.enterprise, scheme_id=row.scheme_id)
    return [item.code for item in spec.items]


def _upload(scene: Scene, public_id: str, pages: int) -> str:
    actor = scene.be(scene.enterprise)
    return evidence.store_upload(
        actor=actor,
        clock=scene.clock,
        upload=SimpleUploadedFile(f"{pages}.pdf", samples.pdf(pages), "application/pdf"),
        case=applications.case_for_upload(actor=actor, public_id=public_id),
    ).public_id


def _attach(scene: Scene, public_id: str, file: str, codes: list[str]) -> None:
    applications.attach_evidence_to_items(
        actor=scene.enterprise,
        clock=scene.clock,
        public_id=public_id,
        file_public_id=file,
        item_codes=codes,
    )


@pytest.mark.parametrize("files", [0, 3])
def test_submission_stays_within_its_statements(scene: Scene, files: int) -> None:
    public_id = scene.filled(3)
    codes = _codes(scene, public_id)
    for number in range(files):
        _attach(scene, public_id, _upload(scene, public_id, number + 1), codes[number : number + 20])
    work_calendar()  # read once per process and calendar, not by this submission
    actor = scene.be(scene.enterprise)
    assert (
        _statements(
            lambda: applications.submit(
                actor=actor,
                clock=scene.clock,
                public_id=public_id,
                token="token-of-this-test",
                pledge=True,
                signatory="周敏",
            )
        )
        <= _SUBMIT
    )


def test_autosave_makes_the_same_few_statements_for_one_item_and_for_many(scene: Scene) -> None:
    public_id = scene.draft()
    row = scene.row(public_id)
    actor = scene.be(scene.enterprise)
    assert row.scheme_id is not None
    spec = scoring.scheme_spec(actor=actor, scheme_id=row.scheme_id)
    yes_or_no = [item.code for item in spec.items if item.method.__class__.__name__ == "Binary"]
    assert len(yes_or_no) > 30

    def save(codes: list[str], *, met: bool) -> int:
        return _statements(
            lambda: applications.save_answers(
                actor=actor,
                clock=scene.clock,
                public_id=public_id,
                answers={code: {"met": met} for code in codes},
            )
        )

    one = _statements(
        lambda: applications.save_answer(
            actor=actor,
            clock=scene.clock,
            public_id=public_id,
            item_code=yes_or_no[0],
            version=1,
            answer={"met": True},
        )
    )
    assert one <= _AUTOSAVE
    assert save(yes_or_no[1:2], met=True) == save(yes_or_no[2:], met=True) <= _AUTOSAVE


def test_attaching_makes_the_same_statements_for_one_item_and_for_many(scene: Scene) -> None:
    public_id = scene.draft()
    codes = _codes(scene, public_id)
    files = [_upload(scene, public_id, pages) for pages in (1, 2)]
    one = _statements(lambda: _attach(scene, public_id, files[0], codes[:1]))
    many = _statements(lambda: _attach(scene, public_id, files[1], codes[:40]))
    # one audit row for each further use, and nothing else
    assert many - 39 == one <= _ATTACH
    row = scene.row(public_id)
    scene.be(scene.enterprise)
    sheet = scoring.current_sheet(actor=scene.enterprise, application_id=row.pk, kind="self")
    assert sheet is not None
    view = scoring.sheet_view(actor=scene.enterprise, public_id=sheet.public_id)
    assert [view.item(code).evidence_count for code in codes[:3]] == [2, 1, 1]
