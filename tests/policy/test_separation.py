from __future__ import annotations

import pytest

from apps.policy.separation import AdminRole, may_hold_admin_roles, may_sign


@pytest.mark.rule("R-15")
@pytest.mark.parametrize(
    ("prepared_by", "signer", "ok"), [({1}, 2, True), ({1}, 1, False), ({1, 2}, 2, False), ({1, 2}, 3, True)]
)
def test_nobody_signs_their_own_work(prepared_by: set[int], signer: int, *, ok: bool) -> None:
    verdict = may_sign(prepared_by=prepared_by, signer=signer)
    assert verdict.ok is ok
    assert not verdict.waivable


@pytest.mark.rule("R-15")
def test_work_without_an_author_cannot_be_signed() -> None:
    with pytest.raises(ValueError, match="who prepared"):
        may_sign(prepared_by=(), signer=1)


@pytest.mark.parametrize(
    ("roles", "case_duties", "count"),
    [
        ((), True, 0),
        ((AdminRole.SYSTEM,), False, 0),
        ((AdminRole.SYSTEM, AdminRole.SYSTEM), False, 0),
        ((AdminRole.SYSTEM, AdminRole.AUDIT), False, 1),
        ((AdminRole.AUDIT,), True, 1),
        (tuple(AdminRole), True, 2),
    ],
)
def test_three_administrators_are_three_persons(
    roles: tuple[AdminRole, ...], count: int, *, case_duties: bool
) -> None:
    assert len(may_hold_admin_roles(roles, has_case_duties=case_duties).refusals) == count
