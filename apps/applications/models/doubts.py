"""What an enterprise says about a figure or file the platform questions (数据疑点)."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from apps.applications.models.cases import Application
from apps.core.models import PublicIdModel


class DoubtNote(PublicIdModel):
    """One explanation; `key` names the doubt as `selectors.doubts` gives it and stays the same while it lasts."""

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="doubt_notes", verbose_name="申报"
    )
    key = models.CharField("疑点", max_length=200)
    text = models.CharField("说明", max_length=500)
    written_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="填写人")
    written_at = models.DateTimeField("填写时间")

    class Meta:
        verbose_name = "疑点说明"
        constraints = [
            UniqueConstraint(fields=["application", "key"], name="doubt_note_once"),
            CheckConstraint(condition=~Q(text=""), name="doubt_note_says_something"),
        ]

    def __str__(self) -> str:
        return self.key
