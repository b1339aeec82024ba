"""Keeping the house over HTTP: bureaus, accounts and duties, delegations, who sees what (R07–R09, R25, R61)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.accounts import account_list, organisation, privacy, services
from apps.api.base import BUREAUS, Act, Body, Flag, Listing, Made, Paging, Query, Reading, Text, made
from apps.api.v1.shared import ReasonBody
from apps.applications import access
from apps.core.actor import Duty, Role
from apps.core.errors import Invalid, NotVisible
from apps.parameters.selectors import in_force

SECURITY = frozenset({Role.SECURITY_ADMIN})
_DUTIES = [duty.value for duty in Duty]


class BureauLine(serializers.Serializer[Any]):
    """A bureau and which duties nobody holds."""

    code = serializers.CharField()
    name = serializers.CharField()
    authority = serializers.CharField()
    phone = serializers.CharField()
    sub_areas = serializers.ListField(child=serializers.CharField())
    people = serializers.IntegerField()
    missing = serializers.ListField(child=serializers.CharField())


class Bureaus(Listing):
    """机构与板块。"""

    audience = SECURITY
    reading = BureauLine

    def rows(self) -> Any:
        """Return the city's bureau and the districts'."""
        return organisation.bureaus(actor=self.actor)


class BureauBody(Body):
    """What is printed of a district's authority, and its 板块."""

    authority = Text(max_length=80)
    phone = Text(max_length=20)
    sub_areas = serializers.ListField(child=Text(max_length=40), max_length=60)
    reason = Text()


class ChangeBureau(Act):
    """更正属地主管部门资料和板块。"""

    audience = SECURITY
    body = BureauBody

    def act(self, *, code: str, **data: Any) -> None:
        """Correct it."""
        services.change_bureau(actor=self.actor, clock=self.clock, code=code, **data)


class AccountLine(serializers.Serializer[Any]):
    """An account; the mail address is masked."""

    username = serializers.CharField()
    name = serializers.CharField()
    role = serializers.CharField()
    role_label = serializers.CharField()
    organisation = serializers.CharField()
    position = serializers.CharField()
    duties = serializers.ListField(child=serializers.CharField())
    is_active = serializers.BooleanField()
    email = serializers.CharField()
    last_login = serializers.DateTimeField(allow_null=True)


class AccountQuery(Query):
    """Narrowing the list."""

    q = Text(max_length=40, required=False, default="")
    role = Text(max_length=20, required=False, default="")
    district = Text(max_length=10, required=False, default="")


class NewAccountBody(Body):
    """A colleague: role, duties within it, district for district staff."""

    username = Text(max_length=40)
    name = Text(max_length=50)
    role = serializers.ChoiceField(
        [
            Role.DISTRICT.value,
            Role.MUNICIPAL.value,
            Role.SYSTEM_ADMIN.value,
            Role.SECURITY_ADMIN.value,
            Role.AUDITOR.value,
        ]
    )
    duties = serializers.ListField(
        child=serializers.ChoiceField(_DUTIES), max_length=8, required=False, default=list
    )
    district = Text(max_length=10, required=False, default="")
    position = Text(max_length=50, required=False, default="")
    email = Text(max_length=100, required=False, default="")


class OpenedAnswer(serializers.Serializer[Any]):
    """The new account; the one-time password is told only here."""

    username = serializers.CharField()
    name = serializers.CharField()
    password = serializers.CharField()
    until = serializers.DateTimeField()


class Accounts(Paging, Act):
    """账户名单；建立账户，一次性口令只在应答中给出一次。"""

    audience = SECURITY
    query = AccountQuery
    reading = AccountLine
    body = NewAccountBody
    answer = OpenedAnswer
    status = 201
    reconfirmed = True

    def rows(self, **asked: Any) -> Any:
        """Return one page."""
        return account_list.accounts_page(actor=self.actor, **asked)

    def act(self, *, role: str, duties: list[str], district: str, **data: Any) -> Any:
        """Open it."""
        if role == Role.DISTRICT.value and not district:
            raise Invalid.of("district", "请选择属地。")
        staff = services.NewStaff(
            role=Role(role),
            duties=[Duty(one) for one in duties],
            district=district or None,
            **data,
        )
        return services.open_staff_account(actor=self.actor, clock=self.clock, data=staff)


class AccountActiveBody(Body):
    """Enabled or disabled, and why."""

    active = Flag()
    reason = Text()


class SetAccountActive(Act):
    """停用或启用账户；停用后会话随即失效。"""

    audience = SECURITY
    body = AccountActiveBody
    reconfirmed = True

    def act(self, *, username: str, **data: Any) -> None:
        """Set it."""
        user_id = _account(self.actor, username)
        services.set_account_active(actor=self.actor, clock=self.clock, user_id=user_id, **data)


class AccountDutiesBody(Body):
    """The duties from now on, and why."""

    duties = serializers.ListField(child=serializers.ChoiceField(_DUTIES), max_length=8)
    reason = Text()


class ChangeDuties(Act):
    """变更职责，下次操作即生效。"""

    audience = SECURITY
    body = AccountDutiesBody
    reconfirmed = True

    def act(self, *, username: str, **data: Any) -> None:
        """Change them."""
        user_id = _account(self.actor, username)
        services.change_duties(actor=self.actor, clock=self.clock, user_id=user_id, **data)


class DormantLine(serializers.Serializer[Any]):
    """An enabled account nobody has used for long."""

    username = serializers.CharField()
    name = serializers.CharField()
    role_label = serializers.CharField()
    organisation = serializers.CharField()
    last_seen = serializers.DateTimeField(allow_null=True)
    days = serializers.IntegerField()


class DormantAccounts(Listing):
    """久未登录的账户。"""

    audience = SECURITY
    reading = DormantLine

    def rows(self) -> Any:
        """Return them, longest first."""
        moment = self.clock.now()
        days = in_force(on=moment.on).dormant_days
        return organisation.dormant_accounts(actor=self.actor, moment=moment, days=days)


class DelegationLine(serializers.Serializer[Any]):
    """One arrangement during an absence."""

    public_id = serializers.CharField()
    absent = serializers.CharField()
    delegate = serializers.CharField()
    duty_labels = serializers.ListField(child=serializers.CharField())
    from_on = serializers.DateField()
    until_on = serializers.DateField()
    reason = serializers.CharField()
    is_live = serializers.BooleanField()
    ended_at = serializers.DateTimeField(allow_null=True)


class DelegationBody(Body):
    """Who stands in, from and until which day. `absent`: only the security administrator names another person."""

    absent = Text(max_length=40, required=False, default="")
    delegate = Text(max_length=40)
    from_on = serializers.DateField()
    until_on = serializers.DateField()
    reason = Text()


class Delegations(Listing, Act):
    """离岗委托：本人的，安全管理员看全部；登记委托。"""

    audience = SECURITY | BUREAUS
    reading = DelegationLine
    body = DelegationBody
    answer = Made
    status = 201
    reconfirmed = True

    def rows(self) -> Any:
        """Return the newest arrangements in sight."""
        return organisation.delegations(actor=self.actor, on=self.clock.now().on)

    def act(self, *, absent: str, delegate: str, **data: Any) -> Any:
        """Lend the duties."""
        absent_id = _account(self.actor, absent) if absent else self.actor.account
        people = {
            label: user_id
            for user_id, label in organisation.colleague_names(actor=self.actor, user_id=absent_id)
        }
        if delegate not in people:
            raise Invalid.of("delegate", "受托人应为同一单位启用的账户（用户名）。")
        return made(
            services.delegate_duties(
                actor=self.actor,
                clock=self.clock,
                absent_id=absent_id,
                delegate_id=people[delegate],
                **data,
            )
        )


class EndDelegation(Act):
    """提前结束委托。"""

    audience = SECURITY | BUREAUS
    body = ReasonBody
    reconfirmed = True

    def act(self, *, public_id: str, reason: str) -> None:
        """End it."""
        services.end_delegation(actor=self.actor, clock=self.clock, public_id=public_id, reason=reason)


class SeerLine(serializers.Serializer[Any]):
    """A person who can see it."""

    name = serializers.CharField()
    role_label = serializers.CharField()
    organisation = serializers.CharField()
    duty_labels = serializers.ListField(child=serializers.CharField())
    why = serializers.CharField()


class AccessAnswer(serializers.Serializer[Any]):
    """What was asked about and everybody who can see it."""

    kind_label = serializers.CharField()
    number = serializers.CharField()
    enterprise_name = serializers.CharField()
    seers = SeerLine(many=True)
    asked = serializers.IntegerField()


class AccessQuery(Query):
    """A business number or a public id, whole."""

    number = Text(max_length=40)


class WhoCanSee(Reading):
    """谁能看到这一件，为什么。"""

    audience = SECURITY | {Role.AUDITOR}
    query = AccessQuery
    reading = AccessAnswer

    def read(self, *, number: str) -> Any:
        """Ask both gates for every enabled account."""
        return access.who_can_see(actor=self.actor, number=number)


class PersonalRequestLine(serializers.Serializer[Any]):
    """A request about personal data."""

    public_id = serializers.CharField()
    person = serializers.CharField()
    kind_label = serializers.CharField()
    detail = serializers.CharField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    made_at = serializers.DateTimeField()
    due_on = serializers.DateField()
    answer = serializers.CharField()


class PersonalRequests(Listing):
    """个人信息请求（待答复的在前）。"""

    audience = SECURITY
    reading = PersonalRequestLine

    def rows(self) -> Any:
        """Return them."""
        return privacy.requests(actor=self.actor)


class PersonalAnswerBody(Body):
    """Met or not, and the answer."""

    met = Flag()
    answer = Text()


class AnswerPersonalRequest(Act):
    """答复个人信息请求。"""

    audience = SECURITY
    body = PersonalAnswerBody

    def act(self, *, public_id: str, met: bool, answer: str) -> None:
        """Answer."""
        services.answer_request(
            actor=self.actor, clock=self.clock, public_id=public_id, met=met, answer=answer
        )


def _account(actor: Any, username: str) -> int:
    """Return the account of a user name, for the security administrator."""
    found = account_list.accounts_page(actor=actor, q=username, per_page=50)
    user_id = next((row.id for row in found.rows if row.username == username), None)
    if user_id is None:
        raise NotVisible
    return user_id
