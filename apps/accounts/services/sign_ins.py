"""Sign-ins: each one kept for its owner, a strange one told, any of them ended by its owner (SECURITY R26, R60)."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.db import transaction

from apps.accounts.devices import device_of, network_of
from apps.accounts.models import SignIn, User
from apps.accounts.services.notices import tell_account
from apps.accounts.services.sweeping import trace_sweep
from apps.audit.services import record
from apps.core.actor import Actor
from apps.core.errors import NotVisible
from apps.core.moment import Clock, demo_offset
from apps.core.scoping import enter

#: A device or network not used for so long is a new one again; and how long sign-ins are kept.
REMEMBERED = timedelta(days=180)


@transaction.atomic
def note_sign_in(*, actor: Actor, clock: Clock, session_key: str, user_agent: str, most: int) -> None:
    """Keep a sign-in that succeeded; tell its owner when the device or the network is not known.

    With more than *most* open sign-ins the oldest end, and their owner is told (SECURITY R59).

    The first sign-in of an account tells nobody: there is nothing to compare it with.
    """
    enter(actor)
    moment = clock.now()
    device, network = device_of(user_agent), network_of(actor.address)
    earlier = SignIn.objects.visible_to(actor).filter(at__gte=moment.at - REMEMBERED)
    known = list(earlier.values_list("device", "network"))
    User.objects.select_for_update(of=("self",)).get(
        pk=actor.account
    )  # two sign-ins at once count each other
    SignIn.objects.create(
        user_id=actor.account,
        session_key=session_key,
        at=moment.at,
        address=actor.address,
        network=network,
        device=device,
    )
    new_device = device not in {one for one, _ in known}
    new_network = network not in {one for _, one in known}
    unusual = bool(known) and (new_device or new_network)
    record(
        actor=actor,
        event="account.sign_in",
        subject=User.objects.get(pk=actor.account),
        moment=moment,
        after={"device": device, "new_device": new_device, "new_network": new_network},
    )
    if unusual:
        what = "和".join([*(["新设备"] if new_device else []), *(["新的网络"] if new_network else [])])
        tell_account(actor=actor, moment=moment, user_id=actor.account, what=f"账户从{what}登录",
                     detail=f"设备：{device}；来源地址：{actor.address or '不明'}。"
                        "如非本人操作，请在“我的账户”结束该登录并修改密码。")  # fmt: skip

    _keep_newest(actor, clock, most)


def _keep_newest(actor: Actor, clock: Clock, most: int) -> None:
    """End the oldest of the actor's open sign-ins until *most* are left; those whose session is gone do not count."""
    open_rows = SignIn.objects.visible_to(actor).select_for_update().filter(ended_at=None).order_by("-pk")
    alive = set(
        Session.objects.filter(
            session_key__in=list(open_rows.values_list("session_key", flat=True)),
            expire_date__gt=clock.now().at - demo_offset(),
        ).values_list("session_key", flat=True)
    )
    surplus = [row for row in open_rows if row.session_key in alive][most:]
    if not surplus:
        return
    _end(surplus, actor, clock)
    tell_account(actor=actor, moment=clock.now(), user_id=actor.account, what="较早的登录已自动退出",
                 detail=f"同时登录超过 {most} 处，最早的一处（{surplus[-1].device}）已退出。"
                        "如非本人操作，请修改密码。")  # fmt: skip


@transaction.atomic
def end_sign_in(*, actor: Actor, clock: Clock, public_id: str) -> None:
    """End one of the actor's own sign-ins: the browser that holds it is signed out with its next request.

    Raises:
        NotVisible: no such sign-in of this person.
    """
    row = SignIn.objects.visible_to(actor).select_for_update().filter(public_id=public_id).first()
    if row is None:
        raise NotVisible
    _end([row], actor, clock)


@transaction.atomic
def end_other_sign_ins(*, actor: Actor, clock: Clock, session_key: str) -> int:
    """End every sign-in of the actor but the one of *session_key*; returns how many were open."""
    rows = SignIn.objects.visible_to(actor).select_for_update().filter(ended_at=None)
    return _end(list(rows.exclude(session_key=session_key).order_by("pk")), actor, clock)


def _end(rows: list[SignIn], actor: Actor, clock: Clock) -> int:
    moment = clock.now()
    open_rows = [row for row in rows if row.ended_at is None]
    ended, _ = Session.objects.filter(session_key__in=[row.session_key for row in open_rows]).delete()
    for row in open_rows:
        row.ended_at = moment.at
        row.save(update_fields=["ended_at"])
    if open_rows:
        record(
            actor=actor,
            event="account.end_sign_in",
            subject=User.objects.get(pk=actor.account),
            moment=moment,
            after={"devices": sorted({row.device for row in open_rows}), "sessions": ended},
        )
    return ended


@transaction.atomic
def sweep_sign_ins(*, clock: Clock) -> int:
    """Remove sign-ins and sessions past their time (field inventory: 180 days); returns how many rows went."""
    enter(Actor.system())
    moment = clock.now()
    old, _ = SignIn.objects.filter(at__lt=moment.at - REMEMBERED).delete()
    # A session ends by the server's own clock: where the demo's was put forward, nobody is signed out for it.
    expired, _ = Session.objects.filter(expire_date__lt=moment.at - demo_offset()).delete()
    # Ended sessions hold nothing about people.
    trace_sweep("登录记录", old, moment)
    return old + expired
