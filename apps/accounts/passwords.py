"""Password rules beyond Django's (SECURITY R33, profile djcp3: three of four character classes)."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError

_CLASSES = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^A-Za-z0-9]")
_NEEDED = 3
_LONGEST = 128


class CharacterClassesValidator:
    """At least three of: lower case, upper case, digits, others; at most 128 characters."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise `ValidationError` with the exact reason."""
        del user
        if len(password) > _LONGEST:
            raise ValidationError(f"密码最多 {_LONGEST} 位。", code="password_too_long")
        present = sum(bool(re.search(pattern, password)) for pattern in _CLASSES)
        if present < _NEEDED:
            raise ValidationError(
                f"密码须包含大写字母、小写字母、数字、符号中的至少三类（当前 {present} 类）。",
                code="password_classes",
            )

    def get_help_text(self) -> str:
        """Return the rule for the form."""
        return "至少 12 位，包含大写字母、小写字母、数字、符号中的至少三类。"
