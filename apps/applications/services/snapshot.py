"""What was handed in, frozen: canonical content, digest, the platform's seal, numbers given without gaps."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apps.accounts import selectors as accounts
from apps.applications.models import Application, ApplicationVersion
from apps.applications.selectors.files import digest_of, seal_of
from apps.applications.services.advance import person
from apps.audit.chain import plain
from apps.core.actor import Actor
from apps.core.moment import Moment
from apps.evidence import selectors as evidence
from apps.numbering.kinds import APPLICATION, Register
from apps.numbering.services import take_number
from apps.policy.levels import Level
from apps.scoring.services import SignedSheet

_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Receipt:
    """The receipt of one submission; the same whenever the same submission is sent again."""

    public_id: str
    number: str
    receipt_no: str
    turn: int
    digest: str
    at: datetime
    by: str


def content_of(
    row: Application,
    sheet: SignedSheet,
    *,
    waived: Collection[str],
    actor: Actor,
    moment: Moment,
    signatory: str,
) -> dict[str, Any]:
    """Return everything the enterprise declares, as JSON data: the words, the scheme, the sheet, the files' digests."""
    scheme = row.scheme
    if scheme is None:
        msg = f"application {row.pk} is handed in without a scheme"
        raise LookupError(msg)
    content = {
        "schema": 1,
        "number": row.number,
        "turn": row.turn,
        "round": row.round.code,
        "level": Level(row.level).label,
        "district": row.district_id,
        "enterprise": {
            "name": row.enterprise.name,
            "uscc": row.enterprise.uscc,
            "industry_code": row.enterprise.industry_code,
            "industry_name": row.enterprise.industry_name,
            "site_address": row.enterprise.site_address,
        },
        "scheme": {"code": scheme.code, "version": scheme.version, "digest": scheme.digest},
        "profile": row.profile,
        "basics": row.basics,
        "report": row.report,
        "sheet": {"public_id": sheet.public_id, "digest": sheet.digest, "total": str(sheet.total)},
        "evidence": evidence.manifest(actor=actor, application_id=row.pk),
        "exemptions": sorted(waived),
        "pledge": {"signatory": signatory, "at": moment.at.isoformat()},
    }
    frozen: dict[str, Any] = plain(content)
    return frozen


def freeze(
    row: Application, content: dict[str, Any], *, actor: Actor, moment: Moment
) -> tuple[ApplicationVersion, Receipt]:
    """Store one version of *row* (its number is given); returns it and its receipt."""
    digest = digest_of(content)
    suffix = f"-{row.turn}" if row.turn else ""
    receipt_no = f"{row.number}{suffix}-{digest[:_SHOWN].upper()}"
    version = ApplicationVersion.objects.create(
        application=row,
        turn=row.turn,
        snapshot=content,
        digest=digest,
        seal=seal_of(digest=digest, receipt_no=receipt_no, by_id=person(actor), at=moment.at),
        receipt_no=receipt_no,
        at=moment.at,
        by_id=person(actor),
    )
    return version, Receipt(
        row.public_id, row.number or "", receipt_no, row.turn, digest, moment.at, actor.name
    )


def stored_receipt(row: Application) -> Receipt:
    """Return the receipt of the newest version of *row*."""
    version = ApplicationVersion.objects.filter(application=row).order_by("-turn").first()
    if version is None:
        msg = f"application {row.pk} has a token but no version"
        raise LookupError(msg)
    by = accounts.names_of(user_ids=[version.by_id]).get(version.by_id, "")
    return Receipt(
        row.public_id, row.number or "", version.receipt_no, version.turn, version.digest, version.at, by
    )


def next_number(row: Application, *, actor: Actor, moment: Moment) -> str:
    """Return the next number of the row's round, district and level, without gaps: GF3A-2026B-320583-0137.

    The series stays locked until the submission commits; a submission that fails gives its number back.
    """
    level = Level(row.level).label
    word = f"GF{level}-{row.round.code}-{row.district_id}"
    return take_number(
        actor=actor,
        moment=moment,
        register=Register(APPLICATION, word, row.round.year, row.district_id),
        purpose=f"{level}级申报：{row.enterprise.name}",
    )
