"""The form of a person who follows an invitation, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass

from apps.accounts.services.contacts import checked_email, checked_phone
from apps.accounts.services.people import account_errors
from apps.core.errors import Invalid


@dataclass(frozen=True, slots=True)
class Joining:
    """The form of a person who follows the link."""

    username: str
    password: str
    person_name: str
    phone: str
    email: str
    consent: bool


def checked_joining(data: Joining) -> tuple[str, str]:
    """Return mail and phone in their stored form.

    Raises:
        Invalid: every faulty field of the form.
    """
    errors = account_errors(
        username=data.username, password=data.password, name=data.person_name, email=data.email
    )
    email, phone = data.email.strip(), data.phone
    for check, field in ((checked_email, "email"), (checked_phone, "phone")):
        value = email if field == "email" else phone
        try:
            found = check(value, field=field)
        except Invalid as refusal:
            errors.update(refusal.errors)
            continue
        email, phone = (found, phone) if field == "email" else (email, found)
    if not data.consent:
        errors["consent"] = ["请阅读并同意《个人信息处理告知书》。"]
    if errors:
        raise Invalid(errors)
    return email, phone
