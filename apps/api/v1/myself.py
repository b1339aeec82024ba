"""One's own account over HTTP: open sign-ins, the data kept about one, requests, the privacy notice (R54, R60)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.accounts import privacy, services
from apps.accounts.sign_in_list import open_sign_ins
from apps.accounts.states import PERSONAL_REQUESTS
from apps.api.base import SIGNED_IN, Act, Body, Listing, Made, Text, made
from apps.api.v1.administration import PersonalRequestLine


class SignInLine(serializers.Serializer[Any]):
    """One open sign-in."""

    public_id = serializers.CharField()
    device = serializers.CharField()
    address = serializers.CharField()
    at = serializers.DateTimeField()
    is_this = serializers.BooleanField()


class SignIns(Listing):
    """本人正在使用的登录。"""

    audience = SIGNED_IN
    reading = SignInLine

    def rows(self) -> Any:
        """Return them, newest first."""
        return open_sign_ins(actor=self.actor, session_key=_session(self), now=self.clock.now().at)


class EndSignIn(Act):
    """结束一处登录。"""

    audience = SIGNED_IN

    def act(self, *, public_id: str) -> None:
        """End it."""
        services.end_sign_in(actor=self.actor, clock=self.clock, public_id=public_id)


class EndedAnswer(serializers.Serializer[Any]):
    """How many were open."""

    ended = serializers.IntegerField()


class EndOtherSignIns(Act):
    """结束其他全部登录。"""

    audience = SIGNED_IN
    answer = EndedAnswer
    status = 200

    def act(self) -> Any:
        """End them."""
        ended = services.end_other_sign_ins(actor=self.actor, clock=self.clock, session_key=_session(self))
        return {"ended": ended}


class DatumLine(serializers.Serializer[Any]):
    """One thing kept about the person."""

    name = serializers.CharField()
    value = serializers.CharField()


class MyData(Listing):
    """平台保存的本人信息。"""

    audience = SIGNED_IN
    reading = DatumLine

    def rows(self) -> Any:
        """Return label and value."""
        return [{"name": label, "value": value} for label, value in privacy.own_data(actor=self.actor)]


class PersonalRequestBody(Body):
    """What is asked for."""

    kind = serializers.ChoiceField(sorted(PERSONAL_REQUESTS))
    detail = Text()


class MyPersonalRequests(Listing, Act):
    """本人的个人信息请求；提出查阅、更正、删除请求。"""

    audience = SIGNED_IN
    reading = PersonalRequestLine
    body = PersonalRequestBody
    answer = Made
    status = 201

    def rows(self) -> Any:
        """Return them, newest first."""
        return privacy.my_requests(actor=self.actor)

    def act(self, **data: Any) -> Any:
        """Ask."""
        return made(services.ask_about_own_data(actor=self.actor, clock=self.clock, **data))


class AcceptNotice(Act):
    """同意现行的个人信息告知书。"""

    audience = SIGNED_IN

    def act(self) -> None:
        """Accept."""
        services.accept_notice(actor=self.actor, clock=self.clock)


def _session(view: Listing | Act) -> str:
    return view.request._request.session.session_key or ""  # noqa: SLF001  (DRF's documented wrapped request)
