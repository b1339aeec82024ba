"""A bureau begins with an empty database and the administrator's guide: first account, staff, parameters, a round."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.app_settings import TOTP_PERIOD
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Browser, expect

from tests.e2e.people import Person

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

CHOSEN = "Chosen-By-Its-Owner-2026"
#: Name, user name, role, district, duties: who a bureau needs to begin.
STAFF = (
    ("系统甲", "xitong", "system_admin", "", ()),
    ("审计甲", "shenji", "auditor", "", ()),
    ("市经办", "sj_jingban", "municipal", "", ("handler",)),
    ("市签批", "sj_qianpi", "municipal", "", ("signer",)),
    ("昆山经办", "ks_jingban", "district", "320583", ("handler",)),
    ("昆山签批", "ks_qianpi", "district", "320583", ("signer",)),
)


@pytest.fixture
def newcomers(browser: Browser, live_server: Any) -> Iterator[Any]:
    """Return a function that opens a fresh browser for somebody."""
    present: list[Person] = []

    def arrives() -> Person:
        present.append(Person.arrives(browser, live_server.url))
        return present[-1]

    yield arrives
    faults = [fault for person in present for fault in person.faults]
    for person in present:
        person.page.context.close()
    assert not faults, "\n".join(faults)


def _first_sign_in(person: Person, username: str, one_time: str) -> Person:
    """Sign in with a one-time password: nothing opens before its owner has chosen another."""
    person.sign_in(username, one_time)
    expect(person.page).to_have_url(re.compile("/accounts/password/change/"))
    person.open("/account/")
    expect(person.page).to_have_url(re.compile("/accounts/password/change/"))
    person.page.locator("[name=oldpassword]").fill(one_time)
    person.page.locator("[name=password1]").fill(CHOSEN)
    person.page.locator("[name=password2]").fill(CHOSEN)
    person.press("修改密码")
    person.sign_in(username, CHOSEN)
    return _sets_up_second_factor(person)


def _sets_up_second_factor(person: Person) -> Person:
    """Set the second factor up as the guide says: nothing opens before; the way back (备用码) is shown."""
    person.open("/account/")
    expect(person.page).to_have_url(re.compile("/accounts/reauthenticate/"))
    person.write("密码", CHOSEN).press("确认身份")
    expect(person.page).to_have_url(re.compile("/accounts/2fa/totp/activate/"))
    person.finds_no_barrier()
    secret = person.page.locator(".secret").inner_text().strip()
    person.page.locator("[name=code]").fill("000000")
    person.press("启用").sees("main", "启用两步验证")
    person.page.locator("[name=code]").fill(_code(secret))
    person.press("启用")
    expect(person.page).not_to_have_url(re.compile("/totp/activate/"))
    person.open("/account/").sees("main", "两步验证")
    return person


def _code(secret: str) -> str:
    """Return the six digits an authenticator app shows now (the first the library takes are those of before)."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // TOTP_PERIOD))


def _opens_account(
    admin: Person, name: str, username: str, role: str, district: str, duties: tuple[str, ...]
) -> str:
    """Open one account; return its one-time password, read from the page that shows it once."""
    admin.open("/ops/accounts/new/")
    main = admin.page.locator("main")
    main.locator("[name=name]").fill(name)
    main.locator("[name=username]").fill(username)
    main.locator("[name=role]").select_option(role)
    if district:
        main.locator("[name=district]").select_option(district)
    for duty in duties:
        main.locator(f"#id_duty_{duty}").check()
    admin.press("建立账户").sees("main", "口令只显示这一次", username)
    return admin.page.locator("#one_time_password").inner_text().strip()


def test_a_bureau_is_set_up_from_an_empty_database(newcomers: Any, settings: Any) -> None:
    settings.GF_REQUIRE_SECOND_FACTOR = True  # as the shipped production settings have it
    said = StringIO()
    call_command("first_administrator", name="安全管理员甲", stdout=said)
    found = re.search(r"初始口令：(\S+)", said.getvalue())
    assert found is not None
    admin = _first_sign_in(newcomers(), "anquan", found.group(1))
    admin.open("/ops/bureaus/").sees("main", "11 个单位人员不齐").finds_no_barrier()
    passwords = {row[1]: _opens_account(admin, *row) for row in STAFF}
    admin.finds_no_barrier()
    admin.open("/ops/bureaus/").sees("main", "昆山市", "齐备")
    for path in ("/ops/accounts/", "/ops/delegations/", "/ops/dormant/", "/ops/who-can-see/"):
        admin.open(path).finds_no_barrier()
    for path in ("/ops/personal/", "/ops/personal/fields/", "/account/sign-ins/", "/account/personal/"):
        admin.open(path).finds_no_barrier()

    handler = _first_sign_in(newcomers(), "sj_jingban", passwords["sj_jingban"])
    handler.open("/m/parameters/").sees("main", "试行期截止日", "动态管理扩展到1A、2A级")
    for path in (
        "/account/absence/",
        "/cultivation/events/new/",
        "/cultivation/pool/",
        "/cultivation/bodies/",
    ):
        handler.open(path).finds_no_barrier()
    handler.open("/m/rounds/new/")
    now = timezone.localtime()
    main = handler.page.locator("main")
    main.locator("[name=code]").fill(f"{now.year}B")
    main.locator("[name=name]").fill("首批申报")
    for level in ("1", "2", "3"):
        main.locator(f"#id_level_{level}").check()
    main.locator("[name=opens_at]").fill(f"{now - timedelta(hours=1):%Y-%m-%dT%H:%M}")
    main.locator("[name=closes_at]").fill(f"{now + timedelta(days=30):%Y-%m-%dT%H:%M}")
    handler.press("拟定批次").sees("body", "批次已拟定")
    address = handler.page.url
    signer = _first_sign_in(newcomers(), "sj_qianpi", passwords["sj_qianpi"])
    signer.open(address).press("发布").sees("body", "批次已发布")
    district = _first_sign_in(newcomers(), "ks_qianpi", passwords["ks_qianpi"])
    district.open("/d/hand-over/").finds_no_barrier()
    system = _first_sign_in(newcomers(), "xitong", passwords["xitong"])
    system.open("/ops/").sees("main", "存储空间").finds_no_barrier()
