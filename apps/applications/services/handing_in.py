"""What every handing-in shares: the token that makes it happen once, the declaration."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.db import IntegrityError

from apps.applications.models import Application
from apps.applications.services.snapshot import Receipt, stored_receipt
from apps.audit.chain import canonical_text
from apps.core.errors import Conflict, Invalid
from apps.core.text import clean_text

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


def take_token(token: str, write: Callable[[], None]) -> None:
    """Run *write*, which stores *token*; nothing may follow a refusal: it ends the transaction.

    Raises:
        Conflict: the token belongs to another application.
    """
    try:
        write()
    except IntegrityError as error:
        if "submission_token" not in str(error):
            raise
        msg = "该提交令牌已用于另一件申报，请刷新页面后重新提交。"
        raise Conflict(msg, current={"token": token}) from error


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
