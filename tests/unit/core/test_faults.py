"""Everything that is wrong with a form is told at once, each field once."""

from __future__ import annotations

import pytest

from apps.core.errors import Forbidden, Invalid
from apps.core.faults import Faults


def _fail(field: str, message: str) -> str:
    raise Invalid.of(field, message)


def _read_a_form() -> None:
    with Faults() as faults:
        assert faults.read(lambda: _fail("day", "日期不存在。"), "-") == "-"
        assert faults.read(lambda: "fine", "-") == "fine"
        faults.note("name", "请填写姓名。")
        raise Invalid({"day": ["请填写日期。"], "reason": ["请填写原因。"]})


def _read_a_faulty_note() -> None:
    with Faults() as faults:
        faults.read(lambda: _fail("note", "备注过长。"), "")


def _be_refused() -> None:
    with Faults() as faults:
        faults.note("name", "请填写姓名。")
        raise Forbidden("由安全管理员办理。")


def test_what_the_form_and_the_service_find_is_told_together_and_the_form_first() -> None:
    with pytest.raises(Invalid) as raised:
        _read_a_form()
    assert raised.value.errors == {
        "day": ["日期不存在。"],
        "name": ["请填写姓名。"],
        "reason": ["请填写原因。"],
    }


def test_a_service_that_found_nothing_does_not_make_a_faulty_form_pass() -> None:
    with pytest.raises(Invalid) as raised:
        _read_a_faulty_note()
    assert raised.value.errors == {"note": ["备注过长。"]}


def test_nothing_wrong_and_other_refusals_go_through_as_they_are() -> None:
    with Faults() as faults:
        assert faults.read(lambda: 3, 0) == 3
    with pytest.raises(Forbidden):
        _be_refused()
