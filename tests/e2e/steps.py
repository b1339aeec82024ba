"""What several browser tests do alike: a factory registers, its district confirms it, a colleague joins, a draft begins."""

from __future__ import annotations

from tests import worlds
from tests.e2e.conftest import PASSWORD
from tests.e2e.people import Person
from tests.unit.evidence.samples import pdf

COMPANY, DISTRICT_HANDLER, FIRST_USER = "昆山初次来访材料有限公司", "d320583h", "firstday"
_TYPED = {
    "uscc": worlds.credit_code(7),
    "name": COMPANY,
    "site_address": "昆山市示例路 7 号",
    "legal_representative": "周敏",
    "contact_name": "沈洁",
    "contact_phone": "13800000000",
    "person_name": "沈洁",
    "username": FIRST_USER,
    "password": PASSWORD,
    "password2": PASSWORD,
}


def register(person: Person, **different: str) -> None:
    """Fill in the registration with a licence and send it; *different* replaces what is typed by field name."""
    page = person.page
    for name, value in {**_TYPED, **different}.items():
        page.locator(f"main [name={name}]").fill(value)
    page.locator("main [name=district]").select_option(worlds.KUNSHAN)
    page.locator("main [name=industry_code]").select_option("2651")
    page.locator("main [name=licence]").set_input_files(
        {"name": "营业执照.pdf", "mimeType": "application/pdf", "buffer": pdf()}
    )
    page.locator("main [name=consent]").check()
    person.press("提交注册")


def confirmed_by_the_district(official: Person) -> None:
    """Let the district's handler find the registration, see its licence and confirm it."""
    official.open("/d/enterprises/?state=registered").sees("main", COMPANY)
    official.follow(COMPANY).sees("main", "营业执照.pdf").press("核实通过")
    official.sees("main", "登记信息已核实")


def join(person: Person) -> None:
    """Fill in the form behind an invitation."""
    page = person.page
    for name, value in {
        "person_name": "吴海燕",
        "username": "haiyan",
        "phone": "13900000000",
        "password": PASSWORD,
        "password2": PASSWORD,
    }.items():
        page.locator(f"main [name={name}]").fill(value)
    page.locator("main [name=consent]").check()
    person.press("建立账户并加入企业")


def begin_a_draft(person: Person, level: int = 3) -> None:
    """Read the conditions of the open round and start a draft for *level*."""
    person.open("/e/rounds/").sees("main", "我能申报哪些", "申报条件")
    person.open(f"/e/rounds/?level={level}").press(f"发起 {level}A 级申报")
    person.sees("main", "申报内容", "自评打分")
