"""Every act that leaves an audit row is called by its name: an auditor reads words, not codes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from apps.portals.audit.fields import account_ids, changes_in_words
from apps.portals.audit.words import codes_of, event_label, kind_label, known

APPS = Path(__file__).resolve().parents[3] / "apps"
#: Functions that write audit rows, and where they are given the code.
_WRITERS = {"record", "record_each", "_record"}


def recorded() -> Iterator[tuple[str, Path]]:
    """Yield every code written out as `event="area.act"` in a call of the rooms."""
    for path in sorted(APPS.glob("*/**/*.py")):
        if "portals" in path.parts or "record" not in (text := path.read_text(encoding="utf-8")):
            continue
        for node in ast.walk(ast.parse(text)):
            if (
                not isinstance(node, ast.Call)
                or getattr(node.func, "id", getattr(node.func, "attr", "")) not in _WRITERS
            ):
                continue
            for word in node.keywords:
                if (
                    word.arg == "event"
                    and isinstance(word.value, ast.Constant)
                    and "." in str(word.value.value)
                ):
                    yield str(word.value.value), path


def test_every_recorded_act_has_words() -> None:
    codes = dict(recorded())
    assert len(codes) > 150
    assert {code: path.name for code, path in codes.items() if not known(code)} == {}


@pytest.mark.parametrize(
    ("code", "label"),
    [
        ("notice.review", "公示：审核通过"),
        ("preliminary.sign", "签批初评"),
        ("application.save_basics", "填写基本要求"),
        ("panel.unheard_of", "专家组"),
        ("/ops/accounts/", "/ops/accounts/"),
    ],
)
def test_an_act_is_called_by_its_name_or_its_area(code: str, label: str) -> None:
    assert event_label(code) == label


def test_acts_are_found_by_words() -> None:
    assert {"preliminary.sign", "notice.approve", "application.sign_preliminary"} <= set(codes_of("签批"))
    assert codes_of("没有这样的事") == []


def test_objects_are_called_by_their_kind() -> None:
    assert kind_label("review.panel") == "专家组"
    assert kind_label("no.such") == "no.such"
    assert kind_label("") == ""


def test_columns_states_and_answers_are_called_by_their_names() -> None:
    changes = [("state", "draft", "submitted"), ("prelim_by_id", "", "7"), ("K3-01", "", "1.05")]
    assert changes_in_words("applications.application", changes) == [
        ("状态", "草稿", "已提交"),
        ("初评人", "", "7"),
        ("K3-01", "", "1.05"),
    ]
    signed = [("prelim_signed_by_id", "", "7"), ("level", "", "7")]
    assert account_ids("applications.application", signed) == {7}
    named = changes_in_words("applications.application", signed, {7: "陆志远"})
    assert [after for _, _, after in named] == ["陆志远", "7"]
    assert changes_in_words("", [("new_device", "", "true")]) == [("新设备", "", "是")]
    assert changes_in_words("gone.model", [("odd", "a", "b")]) == [("odd", "a", "b")]
