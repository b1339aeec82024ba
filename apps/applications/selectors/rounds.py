"""Rounds for everybody, and whether an enterprise may apply in one: line by line, each with its clause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from apps.accounts import selectors as accounts
from apps.applications.models import Application, Exemption, Round
from apps.applications.selectors.schemes import SchemeOption, offer_of
from apps.applications.selectors.windows import extensions_of, window_for
from apps.applications.states import ABANDONED, APPROVED, ROUND_LIFE, ROUND_OPEN
from apps.core.actor import Actor, Role
from apps.core.errors import NotVisible
from apps.core.moment import Moment
from apps.parameters.selectors import in_force
from apps.policy.eligibility import Window, has_prerequisite, may_create_application, window_is_open
from apps.policy.levels import Level
from apps.policy.parameters import Parameters
from apps.policy.rules import rule as policy_rule
from apps.policy.standing import Standing, no_overdue_form, not_banned
from apps.policy.verdict import Refusal, Verdict, when
from apps.titles import selectors as titles

MET, NOT_MET, NEEDS_EXEMPTION, EXEMPTED, LATER = "met", "not_met", "needs_exemption", "exempted", "later"
#: Phases of rounds that are not over, in the order of a list.
_PRESENT = {"taking": 0, "coming": 1, "draft": 2}


@dataclass(frozen=True, slots=True)
class RoundRow:
    """One round; `ends_at` is the end that holds for the actor (its district's, or its own extension)."""

    id: int
    public_id: str
    code: str
    name: str
    year: int
    levels: tuple[int, ...]
    level_labels: str
    opens_at: datetime
    closes_at: datetime
    ends_at: datetime
    state: str
    state_label: str
    phase: str
    prerequisite_required: bool
    document_no: str
    prelim_due_on: date | None
    version: int
    announced_at: datetime | None

    @property
    def taking(self) -> bool:
        """Whether it takes applications now."""
        return self.phase == "taking"


@dataclass(frozen=True, slots=True)
class RoundFile:
    """A round with its notice, the districts' earlier ends and the schemes it offers."""

    id: int
    row: RoundRow
    notice: str
    district_windows: Sequence[tuple[str, str, datetime]]
    schemes: Sequence[str]

    @property
    def code(self) -> str:
        """The round's code."""
        return self.row.code


@dataclass(frozen=True, slots=True)
class Line:
    """One condition: `state` is met, not_met, needs_exemption, exempted or later (asked in the form)."""

    rule: str
    clause: str
    label: str
    state: str
    reason: str = ""
    remedy: str = ""
    #: the record that decided it ("" when the form will ask)
    source: str = ""


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Every condition of one level in one round, for the actor's enterprise."""

    round: RoundRow
    level: int
    level_label: str
    lines: Sequence[Line]
    schemes: Sequence[SchemeOption]
    application_public_id: str | None

    @property
    def may_start(self) -> bool:
        """Whether a draft may be started (exemptions are asked for in the draft)."""
        starting = {"R-12", "R-01", "R-13"}
        return all(line.state != NOT_MET for line in self.lines if line.rule in starting)


def rounds(*, actor: Actor, moment: Moment) -> list[RoundRow]:
    """Return the rounds *actor* may see, the one that closes next first, ended ones last."""
    district = _district_of(actor)
    until = extensions_of(actor.enterprise_id)
    rows = [
        _row(row, window_for(row, district=district, extended_until=until.get(row.pk)), moment)
        for row in Round.objects.visible_to(actor)
    ]
    present = [row for row in rows if row.phase in _PRESENT]
    past = [row for row in rows if row.phase not in _PRESENT]
    return sorted(present, key=lambda row: (_PRESENT[row.phase], row.ends_at)) + sorted(
        past, key=lambda row: row.ends_at, reverse=True
    )


def round_file(*, actor: Actor, public_id: str, moment: Moment | None = None) -> RoundFile:
    """Return one round.

    Raises:
        NotVisible: no such round for *actor*.
    """
    row = _visible(actor, public_id)
    names = {one.code: one.short_name for one in accounts.districts()}
    return RoundFile(
        id=row.pk,
        row=_row(row, _window(row, actor), moment),
        notice=row.notice,
        district_windows=[
            (code, names[code], datetime.fromisoformat(closes))
            for code, closes in row.district_windows.items()
        ],
        schemes=list(row.schemes.order_by("code").values_list("code", flat=True)),
    )


def eligibility(*, actor: Actor, round_public_id: str, level: int, moment: Moment) -> Eligibility:
    """Return line by line whether the actor's enterprise may apply for *level* in a round.

    Raises:
        NotVisible: no such round, or the actor is not an enterprise.
    """
    if actor.role is not Role.ENTERPRISE:
        raise NotVisible
    row = _visible(actor, round_public_id)
    known = _known(actor, [row], moment)
    judged = _judged(row, Level(level), known)
    offer = offer_of(actor, row)
    return replace(
        judged,
        schemes=offer.options(industry_code=known.enterprise.industry_code, parameters=known.parameters),
    )


def eligibilities(*, actor: Actor, moment: Moment) -> list[Eligibility]:
    """Return `eligibility` of every level of every round that takes applications or soon will, without schemes.

    A constant number of queries however many rounds are announced.

    Raises:
        NotVisible: the actor is not an enterprise.
    """
    if actor.role is not Role.ENTERPRISE:
        raise NotVisible
    rows = list(Round.objects.visible_to(actor).filter(state=ROUND_OPEN))
    known = _known(actor, rows, moment)
    judged = [_judged(row, Level(level), known) for row in rows for level in sorted(row.levels)]
    present = [one for one in judged if one.round.phase in _PRESENT]
    return sorted(present, key=lambda one: (_PRESENT[one.round.phase], one.round.ends_at, one.level))


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of the enterprise when conditions are judged; read once."""

    moment: Moment
    enterprise: accounts.EnterpriseFile
    standing: Standing
    parameters: Parameters
    until: Mapping[int, datetime]
    existing: Mapping[tuple[int, int], Application]
    waived: Mapping[int, set[str]]


def _known(actor: Actor, rows: Sequence[Round], moment: Moment) -> _Known:
    enterprise = accounts.enterprise_file(actor=actor)
    existing = {
        (one.round_id, one.level): one
        for one in Application.objects.visible_to(actor)
        .filter(round__in=rows, enterprise_id=enterprise.id)
        .exclude(state__in=ABANDONED)
    }
    waived: dict[int, set[str]] = {}
    approved = Exemption.objects.filter(application__in=existing.values(), state=APPROVED)
    for application_id, waived_rule in approved.values_list("application_id", "rule"):
        waived.setdefault(application_id, set()).add(waived_rule)
    return _Known(
        moment=moment,
        enterprise=enterprise,
        standing=titles.standing_of(actor=actor, enterprise_id=enterprise.id),
        parameters=in_force(on=moment.on),
        until=extensions_of(enterprise.id),
        existing=existing,
        waived=waived,
    )


def _judged(row: Round, wanted: Level, known: _Known) -> Eligibility:
    """Return the conditions of one level of one round, without the schemes."""
    moment, standing, parameters = known.moment, known.standing, known.parameters
    existing = known.existing.get((row.pk, int(wanted)))
    waived = known.waived.get(existing.pk, set()) if existing is not None else set()
    window = window_for(row, district=known.enterprise.district, extended_until=known.until.get(row.pk))
    confirmed = when(
        not known.enterprise.is_confirmed, "R-13", "企业登记信息尚未经属地核实。", "请等待属地核实。"
    )
    announced = when(row.state != ROUND_OPEN, "R-12", "本批次未在受理中。")
    notice = f"批次通知{row.document_no}" if row.document_no else "批次通知"
    lines = [
        _line("R-13", "企业登记已经属地核实", confirmed, waived, "企业登记"),
        _line(
            "R-12",
            "在受理时间内",
            Verdict.all_of(announced, window_is_open(window, at=moment.at)),
            waived,
            notice,
        ),
        _line(
            "R-01",
            f"可以申报{wanted.label}级",
            may_create_application(standing, level=wanted, round_levels=[Level(one) for one in row.levels]),
            waived,
            "称号登记",
        ),
        _line(
            "R-11",
            "不在禁报期内",
            not_banned(standing, level=wanted, on=moment.on, parameters=parameters),
            waived,
            "取消决定登记",
        ),
        _line(
            "R-08",
            "申报3A级须已获评2A级",
            has_prerequisite(standing, level=wanted, required=row.prerequisite_required),
            waived,
            "称号登记",
        ),
        _line(
            "R-31",
            "年度动态管理表按时报送",
            no_overdue_form(standing, level=wanted, on=moment.on, parameters=parameters),
            waived,
            "年度动态管理表报送记录",
        ),
        Line(
            "R-10",
            policy_rule("R-10").clause,
            "近三年没有不得申报的情形",
            LATER,
            "在申报表的基本要求中逐条填写。",
        ),
        Line("R-12", policy_rule("R-12").clause, "自评价报告完整", LATER, "在申报表中填写。"),
    ]
    return Eligibility(
        round=_row(row, window, moment),
        level=int(wanted),
        level_label=wanted.label,
        lines=lines,
        schemes=(),
        application_public_id=existing.public_id if existing is not None else None,
    )


def _visible(actor: Actor, public_id: str) -> Round:
    row: Round | None = Round.objects.visible_to(actor).filter(public_id=public_id).first()
    if row is None:
        raise NotVisible
    return row


def _line(rule: str, label: str, verdict: Verdict, waived: set[str], source: str) -> Line:
    clause = policy_rule(rule).clause
    if verdict.ok:
        return Line(rule, clause, label, MET, source=source)
    refusal: Refusal = verdict.refusals[0]
    reason = "".join(one.reason for one in verdict.refusals)
    if verdict.waiving(waived).ok:
        return Line(rule, clause, label, EXEMPTED, reason, "例外情形已经批准。", source)
    return Line(
        rule,
        clause,
        label,
        NEEDS_EXEMPTION if verdict.waivable else NOT_MET,
        reason,
        refusal.remedy,
        source,
    )


def _district_of(actor: Actor) -> str:
    if actor.role is Role.ENTERPRISE and actor.enterprise_id:
        return accounts.enterprise_file(actor=actor).district
    return actor.district or ""


def _window(row: Round, actor: Actor) -> Window:
    until = extensions_of(actor.enterprise_id).get(row.pk)
    return window_for(row, district=_district_of(actor), extended_until=until)


def _row(row: Round, window: Window, moment: Moment | None) -> RoundRow:
    phase = row.state
    if row.state == ROUND_OPEN and moment is not None:
        phase = (
            "coming" if moment.at < window.opens_at else ("taking" if moment.at < window.ends_at else "over")
        )
    elif row.state == ROUND_OPEN:
        phase = "taking"
    return RoundRow(
        id=row.pk,
        public_id=row.public_id,
        code=row.code,
        name=row.name,
        year=row.year,
        levels=tuple(row.levels),
        level_labels="、".join(Level(level).label for level in row.levels),
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        ends_at=window.ends_at,
        state=row.state,
        state_label=ROUND_LIFE.label(row.state),
        phase=phase,
        prerequisite_required=row.prerequisite_required,
        document_no=row.document_no,
        prelim_due_on=row.prelim_due_on,
        version=row.version,
        announced_at=row.announced_at,
    )
