"""What falls due at each step of an application: opened and met by the one writer of its state (`advance`).

Kinds are registered here once; `apps.py` imports this module when the process starts.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from apps.applications.models import Application
from apps.applications.selectors.windows import window_of
from apps.core.moment import Moment
from apps.deadlines import services as deadlines
from apps.deadlines.counting import Counting
from apps.deadlines.registry import register_kind
from apps.deadlines.states import Party
from apps.parameters.selectors import in_force
from apps.policy.parameters import Parameters

WINDOW, INTAKE, FORM_CHECK, SUPPLEMENT, PRELIM, FILING, CONVERSION = (
    "application.window",
    "application.intake",
    "application.form_check",
    "application.supplement",
    "application.prelim",
    "application.filing",
    "application.conversion",
)
_PATH = "applications/{public_id}/"


def register(on_supplement_overdue: Callable[..., None]) -> None:
    """Register the kinds; called once by `ApplicationsConfig.ready`."""
    register_kind(
        WINDOW,
        label="提交申报",
        party=Party.ENTERPRISE,
        todo="请在截止前提交申报。",
        path=_PATH,
        follows=True,
    )
    register_kind(
        INTAKE, label="受理申报", party=Party.DISTRICT, todo="请受理，或转办、不予受理。", path=_PATH
    )
    register_kind(
        FORM_CHECK,
        label="形式审查",
        party=Party.DISTRICT,
        todo="请完成形式审查，通过或退回补正。",
        path=_PATH,
    )
    register_kind(
        SUPPLEMENT,
        label="补正材料",
        party=Party.ENTERPRISE,
        todo="请逐项补正后重新提交；逾期视为撤回申报。",
        path=_PATH,
        copies=frozenset({Party.DISTRICT}),
        on_overdue=on_supplement_overdue,
        outcome="逾期未补正，申报视为撤回，告知企业和属地。",
        settles=True,
    )
    register_kind(PRELIM, label="初评", party=Party.DISTRICT, todo="请完成初评并签批。", path=_PATH)
    register_kind(
        FILING,
        label="评定结果备案",
        party=Party.DISTRICT,
        todo="请将评定结果报市工业和信息化局备案。",
        path=_PATH,
        copies=frozenset({Party.MUNICIPAL}),
    )
    register_kind(
        CONVERSION,
        label="答复是否转为本级评定",
        party=Party.ENTERPRISE,
        todo="请答复是否同意转为本级评定；逾期未答复的，属地可以按不同意办结。",
        path=_PATH,
        copies=frozenset({Party.DISTRICT}),
    )


def open_window(row: Application, moment: Moment) -> None:
    """Remind the enterprise of the end of the window while its draft is open; re-dates after an extension."""
    _open(WINDOW, row, "R-12", moment, due_at=window_of(row).ends_at, basis="批次受理截止时间。")


def follow(row: Application, event: str, moment: Moment, parameters: Parameters | None = None) -> None:
    """Close what *event* has met and open what it makes due, by the *parameters* in force at *moment*."""
    for kind in _MEETS.get(event, ()):
        deadlines.meet_obligation(kind=kind, subject=row, moment=moment)
    if event in _ENDS:
        deadlines.cancel_obligations(subject=row, moment=moment)
    opener = _OPENS.get(event)
    if opener is not None:
        opener(row, moment, in_force(on=moment.on) if parameters is None else parameters)


def _intake(row: Application, moment: Moment, parameters: Parameters) -> None:
    days = parameters.form_check_workdays
    _open(INTAKE, row, "R-14", moment, counting=Counting.workdays(moment.on, days))


def _form_check(row: Application, moment: Moment, parameters: Parameters) -> None:
    days = parameters.form_check_workdays
    _open(FORM_CHECK, row, "R-14", moment, counting=Counting.workdays(moment.on, days))


def _supplement(row: Application, moment: Moment, parameters: Parameters) -> None:
    days = parameters.supplement_workdays
    _open(SUPPLEMENT, row, "R-14", moment, counting=Counting.workdays(moment.on, days))


def _prelim(row: Application, moment: Moment, parameters: Parameters) -> None:
    del parameters  # the round itself says when
    due_on: date | None = row.round.prelim_due_on
    if due_on is not None:
        _open(PRELIM, row, "R-17", moment, due_on=due_on, basis="批次通知规定的初评完成日期。")


def _filing(row: Application, moment: Moment, parameters: Parameters) -> None:
    days = parameters.filing_workdays
    _open(FILING, row, "R-16", moment, counting=Counting.workdays(moment.on, days))


def _conversion(row: Application, moment: Moment, parameters: Parameters) -> None:
    days = parameters.conversion_workdays
    _open(CONVERSION, row, "R-18", moment, counting=Counting.workdays(moment.on, days))


def _open(
    kind: str,
    row: Application,
    rule: str,
    moment: Moment,
    *,
    counting: Counting | None = None,
    due_on: date | None = None,
    due_at: datetime | None = None,
    basis: str = "",
) -> None:
    deadlines.open_obligation(
        kind=kind,
        subject=row,
        rule=rule,
        moment=moment,
        enterprise=row.enterprise_id,
        district=row.district_id,
        counting=counting,
        due_on=due_on,
        due_at=due_at,
        basis=basis,
        number=row.number or "",
        label=row.enterprise.name,
    )


_MEETS: dict[str, tuple[str, ...]] = {
    "submit": (WINDOW,),
    "accept": (INTAKE,),
    "return_items": (FORM_CHECK,),
    "change_scheme": (FORM_CHECK,),
    "resubmit": (SUPPLEMENT,),
    "pass_form_check": (FORM_CHECK,),
    "sign_preliminary": (PRELIM,),
    "send_filing": (FILING,),
    "accept_conversion": (CONVERSION,),
    "decline_conversion": (CONVERSION,),
    "not_recommend": (CONVERSION,),
}
#: Events after which nothing of the intake is owed any more.
_ENDS = frozenset({"withdraw", "transfer", "refuse_intake", "lapse"})
_OPENS: dict[str, Callable[[Application, Moment, Parameters], None]] = {
    "submit": _intake,
    "transfer": _intake,
    "accept": _form_check,
    "return_items": _supplement,
    "change_scheme": _supplement,
    "return_from_prelim": _supplement,
    "resubmit": _form_check,
    "pass_form_check": _prelim,
    "decide_level": _filing,
    "return_filing": _filing,
    "offer_conversion": _conversion,
}
