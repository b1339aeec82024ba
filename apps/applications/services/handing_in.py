"""What every handing-in shares: the token that makes it happen once, the declaration, the frozen version."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError

from apps.applications.models import Application
from apps.applications.services.advance import take_step
from apps.applications.services.snapshot import Receipt, content_of, freeze, stored_receipt
from apps.audit.chain import canonical_text
from apps.core.actor import Actor
from apps.core.errors import Conflict, Invalid
from apps.core.lifecycle import Transition
from apps.core.moment import Clock
from apps.core.text import clean_text
from apps.evidence import services as evidence
from apps.policy.parameters import Parameters
from apps.scoring.services import SignedSheet

_SHORTEST_TOKEN, _LONGEST_TOKEN = 8, 64


def request_digest(public_id: str, token: str, *, pledge: bool, signatory: str) -> str:
    """Return the digest of a request's body, so that the same token with another body is noticed.

    Raises:
        Invalid: the token is not one a page of ours made.
    """
    if not _SHORTEST_TOKEN <= len(token) <= _LONGEST_TOKEN:
        raise Invalid.of("token", "页面已过期，请刷新后重新提交。")
    body = {"application": public_id, "pledge": pledge, "signatory": signatory.strip()}
    return hashlib.sha256(canonical_text(body).encode()).hexdigest()


def sent_before(row: Application, token: str, request: str) -> Receipt | None:
    """Return the receipt when exactly this request has been carried out already.

    Raises:
        Conflict: the token has been used with another body.
    """
    if row.submission_token != token:
        return None
    if row.submission_digest != request:
        msg = "同一提交已经完成，内容与本次不同，请刷新页面查看回执。"
        raise Conflict(msg, current={"receipt_no": row.receipt_no})
    return stored_receipt(row)


def declared(*, pledge: bool, signatory: str) -> str:
    """Return the cleaned name of who declares that everything is true.

    Raises:
        Invalid: the declaration is not accepted, or nobody is named.
    """
    name = clean_text(signatory, field="signatory", label="法定代表人", limit=50)
    errors: dict[str, list[str]] = {}
    if not pledge:
        errors["pledge"] = ["请阅读并确认真实性承诺。"]
    if not name:
        errors["signatory"] = ["请填写作出承诺的法定代表人姓名。"]
    if errors:
        raise Invalid(errors)
    return name


@dataclass(frozen=True, slots=True)
class HandingIn:
    """What goes with the content: token and digest of the request, who declares it true, the rules waived for it."""

    token: str
    digest: str
    signatory: str
    waived: frozenset[str]


def hand_over(
    row: Application,
    step: Transition,
    sheet: SignedSheet,
    sent: HandingIn,
    *,
    actor: Actor,
    clock: Clock,
    changes: Mapping[str, Any] | None = None,
    parameters: Parameters | None = None,
) -> Receipt:
    """Freeze what a locked row says now, keep its files, and take the step; nothing may follow a refusal.

    Args:
        row: with its number.
        step: the checked transition.
        sheet: the signed self sheet.
        sent: token, digest, signatory, waived rules.
        actor: the enterprise's responsible person.
        clock: the moment of the decision.
        changes: further columns written with the step.
        parameters: those in force, where the caller has read them.

    Raises:
        Conflict: the token belongs to another application.
    """
    moment = clock.now()
    content = content_of(row, sheet, waived=sent.waived, actor=actor, moment=moment, signatory=sent.signatory)
    version, receipt = freeze(row, content, actor=actor, moment=moment)
    evidence.keep_files(actor=actor, clock=clock, application_id=row.pk)
    try:
        take_step(
            row,
            step,
            actor=actor,
            moment=moment,
            changes={
                **(changes or {}),
                "submission_token": sent.token,
                "submission_digest": sent.digest,
                "receipt_no": version.receipt_no,
                "content_digest": version.digest,
                "self_total": sheet.total,
            },
            parameters=parameters,
        )
    except IntegrityError as error:
        if "submission_token" not in str(error):
            raise
        msg = "该提交令牌已用于另一件申报，请刷新页面后重新提交。"
        raise Conflict(msg, current={"token": sent.token}) from error
    return receipt
