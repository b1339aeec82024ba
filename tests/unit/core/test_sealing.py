"""Columns encrypted at rest, the key named in each value, and the change to another key."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection
from django.db.models import F

from apps.accounts.models import Enterprise, User
from apps.core import crypto
from apps.core.actor import Actor
from apps.core.fields import SealedPartsField, is_sealed
from apps.core.masking import masked_address, masked_name, masked_phone
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


@pytest.mark.parametrize(("name", "shown"), [("张三丰", "张**"), (" 张 ", "张**"), ("", "")])
def test_masked_names(name: str, shown: str) -> None:
    assert masked_name(name) == shown


def test_an_address_is_found_by_its_digest_across_keys(clock: FixedClock, db: None, settings: Any) -> None:
    """Whoever forgot the password types the address in any letter case; parts and patterns find nothing, loudly."""
    person = worlds.enterprise(clock, 1)
    rows = User.objects.filter(pk=person.user_id)
    rows.update(email="Zhou.Min@example.invalid")

    def stored() -> str:
        with connection.cursor() as cursor:
            cursor.execute("select email from accounts_user where id = %s", [person.user_id])
            return str(cursor.fetchone()[0])

    def found(text: str) -> bool:
        return rows.filter(email=text).exists()

    first = stored()
    assert first.startswith("k1.")
    assert "zhou" not in first.lower()
    assert rows.get().email == "Zhou.Min@example.invalid"
    assert found("zhou.min@EXAMPLE.invalid")
    assert not found("zhou.mi@example.invalid")
    assert not found("")
    settings.GF_FIELD_KEYS = {"k2": SECOND}
    assert found("zhou.min@example.invalid"), "before the rows are sealed again, too"
    call_command("rotate_keys", stdout=StringIO())
    assert stored().startswith("k2.")
    assert stored().rpartition(".")[2] != first.rpartition(".")[2], "the digest changes with the key"
    assert list(rows.filter(email__in=["zhou.min@example.invalid", ""])) == [rows.get()]
    rows.update(email="")
    assert found("")
    assert not found("zhou.min@example.invalid")
    for lookup in ({"email__icontains": "zhou"}, {"email__lt": "z"}, {"email": F("name")}):
        with pytest.raises(TypeError, match="sealed"):
            rows.filter(**lookup).exists()


def test_named_parts_of_a_document_are_sealed_however_deep() -> None:
    field = SealedPartsField(parts=["phone"])
    said = {
        "phone": "13812341234",
        "name": "工厂",
        "in": [{"phone": "", "n": 1}, {"phone": "0512"}],
        "none": None,
        "deep": {"phone": ["0513", "", 7]},
    }
    written = field.get_db_prep_value(said, connection).adapted
    assert is_sealed(written["phone"])
    assert is_sealed(written["in"][1]["phone"])
    assert is_sealed(written["deep"]["phone"][0])
    assert written["deep"]["phone"][1:] == ["", 7]
    assert (written["name"], written["in"][0], written["none"]) == ("工厂", {"phone": "", "n": 1}, None)
    assert field.from_db_value(json.dumps(written), None, connection) == said
    assert field.from_db_value(json.dumps(said), None, connection) == said, "rows from before"
    assert field.clone().parts == {"phone"}


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
