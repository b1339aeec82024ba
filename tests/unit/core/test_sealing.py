"""Columns encrypted at rest, the key named in each value, and the change to another key."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection

from apps.accounts.models import Enterprise, User
from apps.core import crypto
from apps.core.actor import Actor
from apps.core.fields import is_sealed
from apps.core.masking import masked_address, masked_phone
from apps.core.moment import FixedClock
from apps.core.scoping import enter
from suzhou_greenfactory.settings import env
from tests import worlds

SECOND = "a-second-secret-of-more-than-32-characters"


def _stored(column: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"select {column} from accounts_enterprise order by id")  # noqa: S608
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.parametrize(
    ("number", "shown"),
    [("13812341234", "138****1234"), ("0512-00000001", "051****0001"), ("1234567", "****"), ("", "")],
)
def test_masked_numbers(number: str, shown: str) -> None:
    assert masked_phone(number) == shown


@pytest.mark.parametrize(("address", "shown"), [("zhang@a.cn", "z***@a.cn"), ("zhang", "***"), ("", "")])
def test_masked_addresses(address: str, shown: str) -> None:
    assert masked_address(address) == shown


def test_contacts_lie_sealed_and_change_keys(clock: FixedClock, db: None, settings: Any) -> None:
    person = worlds.enterprise(clock, 1)
    enter(Actor.system())
    plain = Enterprise.objects.get(pk=person.enterprise_id).contact_phone
    assert plain
    first = _stored("contact_phone")
    assert all(is_sealed(value) and value.startswith("k1.") for value in first)
    assert plain not in first[0]
    settings.GF_FIELD_KEYS = {"k2": SECOND}
    assert Enterprise.objects.get(pk=person.enterprise_id).contact_phone == plain, "the old key still opens"
    said = StringIO()
    call_command("rotate_keys", stdout=said)
    enter(Actor.system())
    assert all(value.startswith("k2.") for value in _stored("contact_phone"))
    assert "现行密钥 k2" in said.getvalue()
    settings.SECRET_KEY = "another secret: the first key is gone"
    assert Enterprise.objects.get(pk=person.enterprise_id).contact_phone == plain


def test_a_changed_or_foreign_value_does_not_open(settings: Any) -> None:
    sealed = crypto.encrypt("13812341234")
    with pytest.raises(InvalidTag):
        crypto.decrypt(f"{sealed[:-6]}AAAA{sealed[-2:]}")
    with pytest.raises(KeyError):
        crypto.decrypt("k9" + sealed[2:])
    settings.GF_FIELD_KEYS = {"k2": SECOND}
    assert crypto.key_id_of(crypto.reseal(sealed)) == "k2"


def test_contents_cannot_be_compared(db: None) -> None:
    with pytest.raises(TypeError, match="sealed"):
        User.objects.filter(phone="13812341234").exists()
    assert not User.objects.filter(phone__isnull=True).exists()


@pytest.mark.parametrize("value", ["k2:short", "second:" + SECOND, f"k2:{SECOND},k2:{SECOND}", SECOND])
def test_a_faulty_keyring_stops_the_start(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("GF_FIELD_KEYS", value)
    with pytest.raises(ImproperlyConfigured, match="GF_FIELD_KEYS"):
        env.keyring("GF_FIELD_KEYS")
    monkeypatch.setenv("GF_FIELD_KEYS", f"k2:{SECOND}")
    assert env.keyring("GF_FIELD_KEYS") == {"k2": SECOND}
