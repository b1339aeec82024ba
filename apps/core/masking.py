"""Personal data as pages show it to people who have not said why they need it whole (SECURITY R25)."""

from __future__ import annotations

_SHORT = 7


def masked_phone(number: str) -> str:
    """Return a telephone number with its middle hidden: 138****1234, 0512-****0001; short ones wholly."""
    text = number.strip()
    if not text:
        return ""
    return f"{text[:3]}****{text[-4:]}" if len(text) > _SHORT else "****"


def masked_address(address: str) -> str:
    """Return a mail address with all but the first character of the name hidden."""
    name, _, host = address.partition("@")
    return f"{name[:1]}***@{host}" if host else ("***" if address else "")


def masked_name(name: str) -> str:
    """Return a person's name with all but its first character hidden: 张**."""
    text = name.strip()
    return f"{text[:1]}**" if text else ""
