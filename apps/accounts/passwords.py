"""Password rules: Django's own in this product's words, and one beyond them (SECURITY R33, profile djcp3)."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth import password_validation as django_rules
from django.core.exceptions import ValidationError

_CLASSES = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^A-Za-z0-9]")
_NEEDED = 3
_LONGEST = 128


class LengthValidator(django_rules.MinimumLengthValidator):
    """At least so many characters; Django's sentence for it has no Chinese translation."""

    def get_error_message(self) -> str:
        """Return the refusal."""
        return f"密码太短，至少 {self.min_length} 位。"

    def get_help_text(self) -> str:
        """Return the rule for the form."""
        return f"至少 {self.min_length} 位。"


class CommonValidator(django_rules.CommonPasswordValidator):
    """Not one of the passwords everybody uses."""

    def get_error_message(self) -> str:
        """Return the refusal."""
        return "密码太常见，容易被猜到，请换一个。"

    def get_help_text(self) -> str:
        """Return the rule for the form."""
        return "不要使用常见的密码。"


class SimilarityValidator(django_rules.UserAttributeSimilarityValidator):
    """Not close to the person's own name, username or address."""

    def get_error_message(self) -> str:
        """Return the refusal; the name of the field is filled in by Django."""
        return "密码与您的%(verbose_name)s太相似，请换一个。"

    def get_help_text(self) -> str:
        """Return the rule for the form."""
        return "不要与用户名、姓名、邮箱相似。"


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
        return "包含大写字母、小写字母、数字、符号中的至少三类。"
