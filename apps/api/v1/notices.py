"""公示: drafted, signed step by step, published; the public reads what is published."""

from __future__ import annotations

from datetime import date
from typing import Any

from rest_framework import serializers

from apps.api.base import CITY, EVERYBODY, Act, Body, Codes, Made, Paging, Reading, Text, made
from apps.api.v1.shared import StateQuery
from apps.core.actor import Role
from apps.publicity import selectors, services
from apps.publicity.services import NoticeText


class WordsBody(Body):
    """The words of a notice."""

    title = Text(max_length=200)
    contact_person = Text(max_length=60)
    contact_phone = Text(max_length=60)
    supervision_phone = Text(max_length=60)
    basis = Text(required=False)
    contact_email = Text(required=False, default="")
    contact_address = Text(required=False, default="")


class NoticeBody(WordsBody):
    """The cases and the text."""

    round = Text(max_length=64)
    applications = Codes()


class RevisedNoticeBody(WordsBody):
    """The text, and the whole list where it changes, too."""

    applications = Codes(required=False, allow_null=True, default=None)


class NoticeLine(serializers.Serializer[Any]):
    """One notice in a list."""

    public_id = serializers.CharField()
    kind = serializers.CharField()
    kind_label = serializers.CharField()
    title = serializers.CharField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    count = serializers.IntegerField()
    starts_on = serializers.DateField(allow_null=True)
    ends_on = serializers.DateField(allow_null=True)
    published_at = serializers.DateTimeField(allow_null=True)


class EntryLine(serializers.Serializer[Any]):
    """One enterprise as published."""

    public_id = serializers.CharField()
    position = serializers.IntegerField()
    enterprise_name = serializers.CharField()
    uscc = serializers.CharField()
    district_name = serializers.CharField()
    industry_name = serializers.CharField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    ends_on = serializers.DateField(allow_null=True)


class EntryForCity(EntryLine):
    """With the case behind it."""

    application_public_id = serializers.CharField()


class NoticeAnswer(serializers.Serializer[Any]):
    """A notice as published."""

    notice = NoticeLine(source="row")
    basis = serializers.CharField()
    reason = serializers.CharField()
    contact_person = serializers.CharField()
    contact_phone = serializers.CharField()
    contact_email = serializers.CharField()
    contact_address = serializers.CharField()
    supervision_phone = serializers.CharField()
    period_text = serializers.CharField()
    digest = serializers.CharField()
    corrects = serializers.CharField()
    entries = EntryLine(many=True)


class ChainLine(serializers.Serializer[Any]):
    """One step of the signing chain."""

    label = serializers.CharField()  # type: ignore[assignment]  # a declared field
    who = serializers.CharField()
    at = serializers.DateTimeField(allow_null=True)
    state = serializers.CharField()


class NoticeForCity(NoticeAnswer):
    """A notice with its signing chain."""

    return_note = serializers.CharField()
    entries = EntryForCity(many=True)
    chain = ChainLine(many=True)


class SignBody(Body):
    """A step of the signing chain."""

    event = serializers.ChoiceField(["submit", "review", "approve", "return"])
    note = Text(required=False, default="")


class StateAnswer(serializers.Serializer[Any]):
    """The state reached."""

    state = serializers.CharField()


class PublishBody(Body):
    """From when; left out: today."""

    starts_on = serializers.DateField(required=False, allow_null=True, default=None)


class PeriodAnswer(serializers.Serializer[Any]):
    """The period, in words too."""

    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    provisional = serializers.BooleanField()
    explanation = serializers.CharField()


class CorrectBody(Body):
    """Which enterprises are taken off, and why."""

    applications = Codes()
    reason = Text()


class Notices(Paging, Act):
    """公示列表（公众只见已发布的）；市局拟稿。"""

    audience = EVERYBODY
    writers = CITY
    reading = NoticeLine
    query = StateQuery
    body = NoticeBody
    answer = Made
    status = 201

    def rows(self, **filters: Any) -> Any:
        """Return one page."""
        return selectors.notices_page(actor=self.actor, **filters)

    def act(self, *, round: str, applications: list[str], **text: Any) -> dict[str, str]:  # noqa: A002  (the name in the body)
        """Draft."""
        return made(
            services.draft_notice(
                actor=self.actor,
                clock=self.clock,
                round_public_id=round,
                application_public_ids=applications,
                text=NoticeText(**text),
            )
        )


class OneNotice(Reading):
    """一份公示。"""

    audience = EVERYBODY
    reading = NoticeAnswer
    reading_for = {Role.MUNICIPAL: NoticeForCity}

    def read(self, *, public_id: str) -> Any:
        """Return it."""
        return selectors.notice_file(actor=self.actor, public_id=public_id)


class ReviseNotice(Act):
    """修改公示稿。"""

    audience = CITY
    body = RevisedNoticeBody

    def act(self, *, public_id: str, applications: list[str] | None, **text: Any) -> None:
        """Write the draft as sent."""
        services.revise_notice(
            actor=self.actor,
            clock=self.clock,
            public_id=public_id,
            text=NoticeText(**text),
            application_public_ids=applications,
        )


class SignNotice(Act):
    """公示稿送审、审核、签批、退回。"""

    audience = CITY
    body = SignBody
    answer = StateAnswer
    status = 200

    def act(self, *, public_id: str, event: str, note: str) -> Any:
        """Take the step."""
        return {
            "state": services.sign_notice(
                actor=self.actor, clock=self.clock, public_id=public_id, event=event, note=note
            )
        }


class PublishNotice(Act):
    """发布公示。"""

    audience = CITY
    body = PublishBody
    answer = PeriodAnswer
    status = 200
    reconfirmed = True

    def act(self, *, public_id: str, starts_on: date | None) -> Any:
        """Publish."""
        return services.publish_notice(
            actor=self.actor, clock=self.clock, public_id=public_id, starts_on=starts_on
        )


class CorrectNotice(Act):
    """更正公示。"""

    audience = CITY
    body = CorrectBody
    answer = Made
    status = 201

    def act(self, *, public_id: str, applications: list[str], reason: str) -> Any:
        """Take entries off and draft the correction."""
        return made(
            services.correct_notice(
                actor=self.actor,
                clock=self.clock,
                public_id=public_id,
                application_public_ids=applications,
                reason=reason,
            )
        )
