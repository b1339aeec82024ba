"""The demo's accounts: made by the services, all with the password of this state folder."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from apps.accounts import selectors as accounts_read
from apps.accounts import services as accounts
from apps.core.actor import Actor, Duty, Role
from apps.core.moment import Clock
from apps.core.scoping import enter
from suzhou_greenfactory.demo import cast


@dataclass(frozen=True, slots=True)
class Bureau:
    """The people of one bureau."""

    handler: Actor
    signer: Actor


@dataclass(frozen=True, slots=True)
class City:
    """The people of the municipal bureau."""

    handler: Actor
    credit: Actor
    signer: Actor
    publisher: Actor
    leader: Actor


@dataclass(frozen=True, slots=True)
class People:
    """Everybody who works in the demo."""

    city: City
    bureaus: dict[str, Bureau]
    experts: list[Actor]


def make_people(clock: Clock, password: str) -> People:
    """Create administrators, bureaus and experts; return their actors."""
    with transaction.atomic():
        enter(Actor.system())
        for username, name, role in cast.ADMINISTRATORS:
            _staff(clock, password, username, name, Role(role))
        city = [
            _staff(clock, password, username, name, Role.MUNICIPAL, duties=duties, position=position)
            for username, name, position, duties in cast.CITY_STAFF
        ]
        bureaus = {
            row.code: Bureau(
                *(
                    _staff(
                        clock,
                        password,
                        f"{kind}_{row.code.lower()}",
                        name,
                        Role.DISTRICT,
                        duties=duties,
                        district=row.code,
                        position=position,
                    )
                    for name, (kind, position, duties) in zip(
                        cast.DISTRICT_NAMES[row.code], cast.DISTRICT_STAFF, strict=True
                    )
                )
            )
            for row in accounts_read.districts()
        }
        experts = [_expert(clock, password, n, *row) for n, row in enumerate(cast.EXPERTS, start=1)]
    return People(City(*_in_order(city)), bureaus, experts)


def _in_order(people: list[Actor]) -> list[Actor]:
    by_duty = {duty: person for person in people for duty in person.duties}
    return [by_duty[duty] for duty in (Duty.HANDLER, Duty.CREDIT, Duty.SIGNER, Duty.PUBLISHER, Duty.LEADER)]


def _staff(
    clock: Clock,
    password: str,
    username: str,
    name: str,
    role: Role,
    *,
    duties: tuple[str, ...] = (),
    district: str | None = None,
    position: str = "",
) -> Actor:
    user_id = accounts.create_staff(
        actor=Actor.system(),
        clock=clock,
        username=username,
        name=name,
        role=role,
        duties=[Duty(duty) for duty in duties],
        password=password,
        district=district,
        position=position,
    )
    return accounts_read.actor_of_user(user_id=user_id)


def _expert(
    clock: Clock,
    password: str,
    number: int,
    name: str,
    title: str,
    employer: str,
    fields: tuple[str, ...],
    industries: tuple[str, ...],
) -> Actor:
    user_id = accounts.create_expert(
        actor=Actor.system(),
        clock=clock,
        data=accounts.NewExpert(
            username=f"zj{number:02d}",
            name=name,
            password=password,
            number=f"ZJ{number:04d}",
            title=title,
            employer_name=employer,
            fields=fields,
            industries=industries,
        ),
    )
    return accounts_read.actor_of_user(user_id=user_id)


def register(clock: Clock, password: str, company: cast.Company) -> tuple[Actor, str]:
    """Register a company; return its responsible person and its public id."""
    with transaction.atomic():
        public = Actor.public()
        enter(public)
        done = accounts.register_enterprise(
            actor=public,
            clock=clock,
            data=accounts.Registration(
                uscc=company.uscc,
                name=company.name,
                district=company.district,
                sub_area="",
                industry_code=company.industry_code,
                site_address=company.address,
                registered_address=company.address,
                ownership="民营",
                legal_representative=company.legal,
                contact_name=company.contact,
                contact_phone=company.phone,
                contact_email=f"{company.username}@example.invalid",
                username=company.username,
                password=password,
                person_name=company.contact,
                consent=True,
                main_products=company.products,
            ),
        )
        return accounts_read.actor_by_username(username=company.username), done.public_id


def demo_people() -> People:
    """Return the people of a world that is already there."""

    def who(username: str) -> Actor:
        return accounts_read.actor_by_username(username=username)

    with transaction.atomic():
        enter(Actor.system())
        city = _in_order([who(username) for username, *_ in cast.CITY_STAFF])
        bureaus = {
            row.code: Bureau(*(who(f"{kind}_{row.code.lower()}") for kind, *_ in cast.DISTRICT_STAFF))
            for row in accounts_read.districts()
        }
        experts = [who(f"zj{n:02d}") for n in range(1, len(cast.EXPERTS) + 1)]
    return People(City(*city), bureaus, experts)
