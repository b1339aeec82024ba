"""Entering a title in the register: by decision (1A to 3A) or from a published list (4A, 5A)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import transaction

from apps.accounts import selectors as accounts
from apps.audit import services as audit
from apps.core.actor import Actor, Role
from apps.core.errors import Invalid, RuleBroken, require
from apps.core.moment import Moment
from apps.core.scoping import acting_as
from apps.numbering.kinds import CERTIFICATE, Register
from apps.numbering.services import hold_register, take_number
from apps.parameters.selectors import in_force
from apps.policy.levels import Level, Tier, deciding_tier, may_decide_level
from apps.policy.standing import not_banned
from apps.policy.verdict import Verdict, refuse
from apps.titles.models import Title
from apps.titles.selectors.standing import standing_of
from apps.titles.states import LIVE, VALID

_TIER_OF: dict[Role, Tier] = {Role.DISTRICT: Tier.DISTRICT, Role.MUNICIPAL: Tier.MUNICIPAL}
_RULE_OF: dict[Level, str] = {
    Level.A1: "R-15",
    Level.A2: "R-15",
    Level.A3: "R-27",
    Level.A4: "R-03",
    Level.A5: "R-04",
}
#: A certificate number of the platform's own make: level, year, ordinal.
OWN_NUMBER: Final = re.compile(r"SZLC-(?P<level>[123]A)-(?P<year>20\d{2})-(?P<ordinal>\d{4,8})\Z")
ORIGIN_OF: dict[Tier, str] = {
    Tier.DISTRICT: Title.DISTRICT,
    Tier.MUNICIPAL: Title.CITY,
    Tier.PROVINCE: Title.PROVINCE,
    Tier.NATION: Title.NATION,
}


@dataclass(frozen=True, slots=True)
class Awarded:
    """The entry that stands in the register; `created` is false when this source had been entered before."""

    title_id: int
    public_id: str
    certificate_no: str | None
    verify_token: str
    created: bool


@transaction.atomic
def award_title(  # noqa: PLR0913  (a register entry has many columns, all named)
    *,
    actor: Actor,
    moment: Moment,
    enterprise_id: int,
    district: str,
    level: int,
    awarded_on: date,
    document_no: str,
    source_type: str,
    source_public_id: str,
    valid_from: date | None = None,
) -> Awarded:
    """Enter one title; for rooms above, inside the transaction of their decision.

    Args:
        actor: who decides; 1A/2A the district of the case, 3A to 5A the city.
        moment: when it is entered.
        enterprise_id: whose title.
        district: code of the case's district, frozen on the title.
        level: 1 to 5.
        awarded_on: date of the decision, or of the list's publication (R-03).
        document_no: 文号 of the decision or the list.
        source_type: what the title follows from (`recognition`, `district_decision`, `external_list_row`).
        source_public_id: its public id; the same source never gives a level twice.
        valid_from: first day; the day of the decision by default.

    Returns:
        The new entry, or the one this source gave before.

    Raises:
        RuleBroken: not the competent tier (R-06), a title of this level is live (R-01), or a ban is running (R-11).
        Invalid: no document number.
    """
    wanted = Level(level)
    require(_competent(actor, wanted, district))
    if not document_no.strip():
        raise Invalid.of("document_no", f"请填写{wanted.label}级称号的评定文号或名单文号。")
    if wanted.is_scored:
        # Held before anything is looked up: awards of one level and year come one after another.
        hold_register(actor=actor, register=certificates(wanted, awarded_on.year))
    before = Title.objects.filter(
        source_type=source_type, source_public_id=source_public_id, level=wanted.value
    ).first()
    if before is not None:
        return _awarded(before, created=False)
    if Title.objects.filter(enterprise_id=enterprise_id, level=wanted.value, state__in=LIVE).exists():
        raise RuleBroken(
            Verdict.refused(refuse("R-01", f"企业的{wanted.label}级称号尚在有效期内，同一等级不能重复评定。"))
        )
    if wanted.is_scored:
        # Gates of the case have asked already; a ban that began since then bars the award itself.
        standing = standing_of(actor=actor, enterprise_id=enterprise_id)
        parameters = in_force(on=awarded_on)
        require(not_banned(standing, level=wanted, on=awarded_on, parameters=parameters))
    # Acting as the system: the enterprise may have moved to another district since it applied.
    with acting_as(Actor.system(), then=actor):
        enterprise = accounts.enterprise_file(actor=Actor.system(), enterprise_id=enterprise_id)
    names = {row.code: row.name for row in accounts.districts()}
    certificate_no = None
    if wanted.is_scored:
        certificate_no = take_number(
            actor=actor,
            moment=moment,
            register=certificates(wanted, awarded_on.year),
            purpose=f"{wanted.label}级称号证书：{enterprise.name}",
            district=actor.district,
        )
    title = Title.objects.create(
        enterprise_id=enterprise_id,
        district_id=district,
        level=wanted.value,
        origin=ORIGIN_OF[deciding_tier(wanted)],
        enterprise_name=enterprise.name,
        uscc=enterprise.uscc,
        industry_code=enterprise.industry_code,
        industry_name=enterprise.industry_name,
        district_name=names[district],
        awarded_on=awarded_on,
        valid_from=valid_from or awarded_on,
        state=VALID,
        certificate_no=certificate_no,
        document_no=document_no.strip(),
        source_type=source_type,
        source_public_id=source_public_id,
        recorded_at=moment.at,
        changed_at=moment.at,
    )
    audit.record(
        actor=actor,
        event="title.award",
        subject=title,
        moment=moment,
        rule=_RULE_OF[wanted],
        after={
            "level": wanted.value,
            "awarded_on": awarded_on,
            "certificate_no": certificate_no,
            "document_no": title.document_no,
            "source": f"{source_type}:{source_public_id}",
        },
    )
    return _awarded(title, created=True)


def _competent(actor: Actor, level: Level, district: str) -> Verdict:
    if not level.is_scored and actor.role is Role.MUNICIPAL:
        return Verdict()  # lists are entered by the city, whoever decided them
    tier = _TIER_OF.get(actor.role)
    if tier is None:
        return Verdict.refused(refuse("R-06", f"{level.label}级由{deciding_tier(level).label}评定。"))
    return may_decide_level(level=level, tier=tier, own_district=actor.district, case_district=district)


def certificates(level: Level, year: int) -> Register:
    """Return the register of certificate numbers of a level and year: one for all bureaus."""
    return Register(CERTIFICATE, f"SZLC-{level.label}", year, joint=True)


def _awarded(title: Title, *, created: bool) -> Awarded:
    return Awarded(title.pk, title.public_id, title.certificate_no, title.verify_token, created)
