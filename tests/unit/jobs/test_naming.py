"""What a job is called: by its kind, or by what it makes."""

from __future__ import annotations

import pytest

from apps.documents import kinds
from apps.documents.services.jobs import job_kind
from apps.jobs.registry import KINDS


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("关于暂停某公司4A级绿色工厂称号并报上级主管部门的决定", "暂停决定书"),
        ("关于取消某公司苏州市3A级绿色工厂称号的决定", "取消决定书"),
        ("", "取消决定书"),
    ],
)
def test_the_job_of_a_suspension_is_not_called_a_cancellation(title: str, name: str) -> None:
    kind = KINDS[job_kind(kinds.CANCELLATION)]
    assert kind.name({"public_id": "x", "title": title}) == f"生成{name}"
    assert kinds.label_for(kinds.CANCELLATION, title) == name


def test_other_papers_are_called_by_their_kind() -> None:
    assert KINDS[job_kind(kinds.NOTICE)].name({"public_id": "x", "title": "关于暂停"}) == "生成公示"
