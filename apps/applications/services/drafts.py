"""The enterprise's draft: started in a round, filled part by part; a version conflict loses nobody's work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from apps.accounts import selectors as accounts
from apps.applications import profile_fields, report_sections
from apps.applications.models import Application, Round
from apps.applications.selectors.schemes import Offer, offer_of
from apps.applications.selectors.windows import window_for
from apps.applications.services.advance import must_be_unchanged, touch
from apps.applications.services.editing import Saved, for_editing
from apps.applications.services.terms import open_window
from apps.applications.states import ABANDONED, DRAFT, ROUND_OPEN
from apps.audit import services as audit
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Conflict, Forbidden, Invalid, NotVisible, WrongStep, require
from apps.core.moment import Clock, Moment
from apps.core.text import clean_text
from apps.parameters.selectors import in_force
from apps.policy.basic_requirements import requirements_for
from apps.policy.eligibility import may_create_application
from apps.policy.levels import Level
from apps.policy.verdict import Verdict, when
from apps.scoring import selectors as scoring
from apps.scoring import services as scoring_services
from apps.titles import selectors as titles

_EXPLANATION_LIMIT = 1000


@transaction.atomic
def create_application(
    *, actor: Actor, clock: Clock, round_public_id: str, level: int, scheme_code: str = ""
) -> str:
    """Start a draft for *level* in a round; what is known about the enterprise is filled in already.

    Args:
        actor: a member of a confirmed enterprise.
        clock: the legal clock.
        round_public_id: an announced round.
        level: 1 to 3.
        scheme_code: evaluation system; the suggested one when empty (R-07).

    Returns:
        The draft's public id.

    Raises:
        Forbidden: not a member of an enterprise.
        NotVisible: no such round.
        WrongStep: the enterprise is not confirmed, or the round is not announced.
        RuleBroken: level, scheme or window do not allow it (R-01, R-03, R-04, R-07, R-12).
        Conflict: another person of the enterprise has just started the same one.
    """
    if actor.role is not Role.ENTERPRISE or not actor.has(Duty.RESPONSIBLE, Duty.CLERK):
        msg = "申报由企业的负责人或申报经办人发起。"
        raise Forbidden(msg)
    enterprise = accounts.enterprise_file(actor=actor)
    if not enterprise.is_confirmed:
        msg = "企业登记信息尚未经属地核实，暂不能申报。"
        raise WrongStep(msg)
    round_ = Round.objects.visible_to(actor).filter(public_id=round_public_id).first()
    if round_ is None:
        raise NotVisible
    if round_.state != ROUND_OPEN:
        msg = "该批次已截止，不能发起申报。"
        raise WrongStep(msg)
    moment = clock.now()
    try:
        wanted = Level(level)
    except ValueError:
        raise Invalid.of("level", "请选择申报等级。") from None
    same = Application.objects.filter(enterprise_id=enterprise.id, round=round_, level=wanted.value).exclude(
        state__in=ABANDONED
    )
    window = window_for(round_, district=enterprise.district)
    parameters = in_force(on=moment.on)
    offer = offer_of(actor, round_)
    choice = scheme_code or offer.suggested(industry_code=enterprise.industry_code, parameters=parameters)
    if not scheme_code and choice not in offer.offered:
        choice = ""
    require(
        Verdict.all_of(
            # A draft may be prepared before the window opens; after its end it would be for nothing.
            when(moment.at >= window.ends_at, "R-12", "本批次受理已经截止。", "请等待下一批次。"),
            may_create_application(
                titles.standing_of(actor=actor, enterprise_id=enterprise.id),
                level=wanted,
                other_open_in_round=same.exists(),
                round_levels=[Level(one) for one in round_.levels],
            ),
            offer.verdict(choice, industry_code=enterprise.industry_code, parameters=parameters)
            if choice
            else Verdict(),
        )
    )
    chosen = offer.published_row(choice)
    scheme_id = chosen.id if chosen else None
    try:
        with transaction.atomic():
            row = Application.objects.create(
                enterprise_id=enterprise.id,
                district_id=enterprise.district,
                round=round_,
                level=wanted.value,
                scheme_id=scheme_id,
                state=DRAFT,
                profile=_prefilled(enterprise),
                created_by_id=actor.user_id,
                created_at=moment.at,
                changed_at=moment.at,
            )
    except IntegrityError as error:
        if "application_one_per_round_level" not in str(error):
            raise
        msg = "本企业的其他人员刚刚发起了同一等级的申报，请刷新后继续填写。"
        raise Conflict(msg) from error
    if scheme_id is not None:
        _open_sheet(row, actor, clock, scheme_id, enterprise.industry_code)
    audit.record(
        actor=actor,
        event="application.create",
        subject=row,
        moment=moment,
        rule="R-12",
        after={"round": round_.code, "level": wanted.value, "scheme": choice},
    )
    open_window(row, moment)
    return row.public_id


@transaction.atomic
def save_profile(
    *, actor: Actor, clock: Clock, public_id: str, values: Mapping[str, str], version: int
) -> Saved:
    """Save fields of 企业基本信息表 (F-01); fields that are not given stay as they are.

    Raises:
        NotVisible, Forbidden, WrongStep, RuleBroken: see `for_editing`.
        Invalid: unknown fields or entries that cannot be taken.
        Conflict: somebody saved something else in this part after *version* was read; saving once more what is
            stored (an answer lost on its way back) is none.
    """
    cleaned = profile_fields.checked(values)
    row, moment = for_editing(
        actor=actor, clock=clock, public_id=public_id, part="profile", codes=sorted(cleaned)
    )
    before = {code: row.profile.get(code, "") for code in cleaned}
    if before != cleaned:
        must_be_unchanged(row, "profile", version)
    row.profile = {**row.profile, **cleaned}
    return _saved(row, "profile", "profile", before, cleaned, actor=actor, moment=moment)


@transaction.atomic
def save_basics(
    *, actor: Actor, clock: Clock, public_id: str, answers: Mapping[str, Mapping[str, Any]], version: int
) -> Saved:
    """Save answers to basic requirements (R-10): code → {"conforms": bool | None, "explanation": str}.

    Raises:
        NotVisible, Forbidden, WrongStep, RuleBroken: see `for_editing`.
        Invalid: a code that is not asked for this level, or an answer that is not 符合/不符合.
        Conflict: somebody saved something else in this part after *version* was read; saving once more what is
            stored (an answer lost on its way back) is none.
    """
    row, moment = for_editing(
        actor=actor, clock=clock, public_id=public_id, part="basic", codes=sorted(answers)
    )
    asked = {item.code for item in requirements_for(Level(row.level))}
    errors: dict[str, list[str]] = {}
    cleaned: dict[str, dict[str, Any]] = {}
    for code, answer in answers.items():
        conforms = answer.get("conforms")
        if code not in asked:
            errors[code] = [f"{Level(row.level).label}级申报不填写基本要求{code}。"]
        elif conforms is not None and not isinstance(conforms, bool):
            errors[code] = ["请选择符合或不符合。"]
        else:
            text = clean_text(
                str(answer.get("explanation", "")),
                field=code,
                label="说明",
                limit=_EXPLANATION_LIMIT,
                multiline=True,
            )
            cleaned[code] = {"conforms": conforms, "explanation": text}
    if errors:
        raise Invalid(errors)
    before = {code: row.basics.get(code) for code in cleaned}
    if before != cleaned:
        must_be_unchanged(row, "basics", version)
    row.basics = {**row.basics, **cleaned}
    return _saved(row, "basics", "basics", before, cleaned, actor=actor, moment=moment)


@transaction.atomic
def save_report_section(
    *, actor: Actor, clock: Clock, public_id: str, section: str, text: str, version: int
) -> Saved:
    """Save one written section of the evaluation report (F-02).

    Raises:
        NotVisible, Forbidden, WrongStep, RuleBroken: see `for_editing`.
        Invalid: no such section, or the text is too long.
        Conflict: somebody saved this section after *version* was read.
    """
    known = report_sections.BY_CODE.get(section)
    if known is None:
        raise Invalid.of("section", "评价报告没有这一节。")
    row, moment = for_editing(actor=actor, clock=clock, public_id=public_id, part="report", codes=[section])
    part = f"report:{section}"
    written = clean_text(
        text, field="text", label=known.title, limit=report_sections.SECTION_LIMIT, multiline=True
    )
    before = {section: row.report.get(section, "")}
    if before[section] != written:
        must_be_unchanged(row, part, version)
    row.report = {**row.report, section: written}
    return _saved(row, part, "report", before, {section: written}, actor=actor, moment=moment)


@transaction.atomic
def choose_scheme(*, actor: Actor, clock: Clock, public_id: str, scheme_code: str, version: int) -> Saved:
    """Choose the evaluation system (R-07); answers to items both systems share are kept.

    Raises:
        NotVisible, Forbidden, WrongStep, RuleBroken: see `for_editing`; or the system may not be used.
        Conflict: somebody changed it after *version* was read.
    """
    row, moment = for_editing(actor=actor, clock=clock, public_id=public_id, part="scheme")
    must_be_unchanged(row, "scheme", version)
    offer = offer_of(actor, row.round)
    before = put_scheme(row, scheme_code, offer, actor=actor, clock=clock, moment=moment)
    return _saved(
        row, "scheme", "scheme", {"scheme": before}, {"scheme": scheme_code}, actor=actor, moment=moment
    )


def put_scheme(
    row: Application, scheme_code: str, offer: Offer, *, actor: Actor, clock: Clock, moment: Moment
) -> str:
    """Pin *scheme_code* on a locked application and carry the self-evaluation over; returns the code before.

    Raises:
        RuleBroken: the system may not be used here (R-07).
    """
    industry = row.enterprise.industry_code
    require(offer.verdict(scheme_code, industry_code=industry, parameters=in_force(on=moment.on)))
    before = row.scheme.code if row.scheme else ""
    wanted = offer.published_row(scheme_code)
    if wanted is None:
        msg = f"{scheme_code} may be used and is not published"
        raise LookupError(msg)
    row.scheme_id = wanted.id
    sheet = scoring.current_sheet(actor=actor, application_id=row.pk, kind="self")
    if sheet is None:
        _open_sheet(row, actor, clock, row.scheme_id, industry)
    else:
        scoring_services.change_scheme(
            actor=actor, clock=clock, public_id=sheet.public_id, scheme_id=row.scheme_id
        )
    return before


def scoring_case(row: Application) -> scoring_services.Case:
    """Return what scoring needs to know about an application."""
    return scoring_services.Case(
        application_id=row.pk,
        enterprise_id=row.enterprise_id,
        district=row.district_id,
        industry_code=row.enterprise.industry_code,
    )


def _open_sheet(row: Application, actor: Actor, clock: Clock, scheme_id: int, industry_code: str) -> None:
    scoring_services.open_sheet(
        actor=actor,
        clock=clock,
        case=scoring_services.Case(
            application_id=row.pk,
            enterprise_id=row.enterprise_id,
            district=row.district_id,
            industry_code=industry_code,
        ),
        kind="self",
        scheme_id=scheme_id,
    )


def _saved(
    row: Application,
    part: str,
    column: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    actor: Actor,
    moment: Moment,
) -> Saved:
    if before == after:
        return Saved(row.version)
    row.save(update_fields=[column, *touch(row, part, moment)])
    changed = {key: value for key, value in after.items() if before.get(key) != value}
    old = {key: before.get(key) for key in changed}
    if column == "profile":
        # The trail is never rewritten: how people are reached may not lie there in clear for ever.
        old, changed = profile_fields.hidden(old), profile_fields.hidden(changed)
    audit.record(
        actor=actor,
        event=f"application.save_{column}",
        subject=row,
        moment=moment,
        rule="R-12",
        before=old,
        after=changed,
    )
    return Saved(row.version)


def _prefilled(enterprise: accounts.EnterpriseFile) -> dict[str, str]:
    """Return the profile of the last application, else what the enterprise file knows (一企一档)."""
    last = (
        Application.objects.filter(enterprise_id=enterprise.id)
        .order_by("-created_at", "-pk")
        .values_list("profile", flat=True)
        .first()
    )
    # A third party's findings are about one year's evaluation and do not pass on to the next.
    known = {field.code for field in profile_fields.PROFILE_FIELDS}
    profile = {code: value for code, value in (last or {}).items() if code in known}
    for field in profile_fields.PROFILE_FIELDS:
        if field.source and not profile.get(field.code):
            value = getattr(enterprise, field.source)
            profile[field.code] = str(value) if value else ""
    profile.setdefault("evaluation_mode", profile_fields.SELF)
    try:
        return profile_fields.checked(profile)
    except Invalid as invalid:
        # What the registration holds in another form (a landline where a mobile is asked) is left for the person.
        return profile_fields.checked({k: v for k, v in profile.items() if k not in invalid.errors})
