"""The fields of 企业基本信息表 (F-01) and 第三方评价报告 (F-03): one table for pages, messages and papers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from apps.accounts import uscc as credit_code
from apps.core.errors import Invalid
from apps.core.masking import masked_address, masked_name, masked_phone
from apps.core.text import clean_text

_MOBILE = re.compile(r"^1[3-9]\d{9}$")
_PHONE = re.compile(r"^(0\d{2,3}-?\d{7,8}(-\d{1,6})?|1[3-9]\d{9}|400-?\d{3}-?\d{4})$")
_EMAIL = re.compile(r"^[^@\s]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")
_DATE = re.compile(r"^(\d{4})\s*[-/.年]?\s*(\d{1,2})\s*[-/.月]?\s*(\d{1,2})\s*日?$")
_FIRST_YEAR = 1840
_LARGEST_CAPITAL = Decimal(100_000_000)
SELF, THIRD_PARTY = "self", "third_party"
BASE_FORM, THIRD_PARTY_FORM = "F-01", "F-03"
OWNERSHIP = ("国有央企", "国有其它", "集体", "民营", "中外合资", "港澳台资", "外商独资")


class Kind(StrEnum):
    """How a field is typed and checked."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    DATE = "date"
    MONEY = "money"
    PHONE = "phone"
    MOBILE = "mobile"
    EMAIL = "email"
    CHOICE = "choice"
    CREDIT_CODE = "credit_code"


@dataclass(frozen=True, slots=True)
class ProfileField:
    """One field: `limit` in characters; `source` names the column of the enterprise file it is prefilled from.

    `form`: the form of RULES.md section 3 the field stands on.
    """

    code: str
    label: str
    group: str
    kind: Kind = Kind.TEXT
    limit: int = 100
    required: bool = True
    choices: tuple[tuple[str, str], ...] = ()
    source: str = ""
    hint: str = ""
    form: str = BASE_FORM


_PLACE, _LEGAL, _CONTACT, _FACTORY, _METHOD = "工厂与地址", "登记与负责人", "联系人", "工厂简介", "评价方式"
PROFILE_FIELDS: tuple[ProfileField, ...] = (
    ProfileField(
        "factory_name", "工厂名称", _PLACE, source="name", hint="与营业执照名称不同的，填写厂区使用的名称。"
    ),
    ProfileField("mailing_address", "通讯地址", _PLACE, limit=200, source="registered_address"),
    ProfileField("site_address", "厂区地址", _PLACE, limit=200, source="site_address"),
    ProfileField(
        "sub_area", "板块", _PLACE, limit=40, required=False, source="sub_area", hint="镇、街道或功能区。"
    ),
    ProfileField("industry_segment", "细分行业", _PLACE, limit=60, required=False),
    ProfileField(
        "ownership",
        "单位性质",
        _LEGAL,
        Kind.CHOICE,
        20,
        choices=tuple((o, o) for o in OWNERSHIP),
        source="ownership",
    ),
    ProfileField("registry", "注册机关", _LEGAL, limit=80),
    ProfileField("founded_on", "成立日期", _LEGAL, Kind.DATE, 20, source="founded_on"),
    ProfileField("registered_capital_wan", "注册资本（万元）", _LEGAL, Kind.MONEY, 20),
    ProfileField("legal_representative", "法定代表人", _LEGAL, limit=50, source="legal_representative"),
    ProfileField("legal_phone", "法定代表人电话", _LEGAL, Kind.PHONE, 20),
    ProfileField("contact_department", "联系部门", _CONTACT, limit=50),
    ProfileField("contact_name", "联系人", _CONTACT, limit=50, source="contact_name"),
    ProfileField("contact_mobile", "联系人手机", _CONTACT, Kind.MOBILE, 20, source="contact_phone"),
    ProfileField("contact_phone", "联系人电话", _CONTACT, Kind.PHONE, 20, required=False),
    ProfileField("contact_email", "邮箱", _CONTACT, Kind.EMAIL, 100, source="contact_email"),
    ProfileField("main_products", "主要产品", _FACTORY, limit=200, source="main_products"),
    ProfileField("process_intro", "工艺简介", _FACTORY, Kind.LONG_TEXT, 200),
    ProfileField("green_intro", "绿色发展简介", _FACTORY, Kind.LONG_TEXT, 500),
    ProfileField(
        "evaluation_mode",
        "评价方式",
        _METHOD,
        Kind.CHOICE,
        20,
        choices=((SELF, "自评"), (THIRD_PARTY, "第三方评价")),
    ),
    ProfileField("third_party_name", "第三方机构名称", _METHOD, required=False),
    ProfileField(
        "third_party_uscc",
        "第三方机构信用代码",
        _METHOD,
        Kind.CREDIT_CODE,
        30,
        required=False,
        hint="用于专家回避核对。",
    ),
)


def _institution(
    code: str, label: str, group: str, kind: Kind = Kind.TEXT, limit: int = 30, *, hint: str = ""
) -> ProfileField:
    """Return a field of the third party's report; all may stay blank, the paper then leaves a place to write in."""
    return ProfileField(code, label, group, kind, limit, required=False, hint=hint, form=THIRD_PARTY_FORM)


_BODY, _PROCESS, _FINDINGS = "评价机构", "评价过程和方法", "评价内容、结论和建议"
#: What only the institution knows (F-03); the enterprise copies it from the institution, or both write it together.
THIRD_PARTY_FIELDS: tuple[ProfileField, ...] = (
    _institution("tp_address", "机构地址", _BODY, limit=100),
    _institution("tp_legal", "机构法定代表人", _BODY),
    _institution("tp_contact", "机构联系人", _BODY),
    _institution("tp_phone", "机构联系电话", _BODY, Kind.PHONE),
    _institution("tp_author", "编制负责人", _BODY),
    _institution("tp_reviewer", "审核人", _BODY),
    _institution(
        "tp_overview", "概述", _PROCESS, Kind.LONG_TEXT, 2000, hint="不填时采用评价报告的企业概况。"
    ),
    _institution("tp_organisation", "评价组织安排", _PROCESS, Kind.LONG_TEXT, 1000),
    _institution("tp_documents", "文件评审情况", _PROCESS, Kind.LONG_TEXT, 1000),
    _institution("tp_site", "现场评价情况", _PROCESS, Kind.LONG_TEXT, 1000),
    _institution("tp_writing", "报告编写与技术复核", _PROCESS, Kind.LONG_TEXT, 1000),
    _institution("tp_aspects", "六方面评价情况", _FINDINGS, Kind.LONG_TEXT, 2000),
    _institution("tp_data", "数据核实情况", _FINDINGS, Kind.LONG_TEXT, 1000),
    _institution(
        "tp_conclusion", "评价结论", _FINDINGS, Kind.LONG_TEXT, 2000, hint="不填时采用评价报告的自评结论。"
    ),
    _institution("tp_advice", "建议", _FINDINGS, Kind.LONG_TEXT, 1000),
    _institution("tp_highlights", "亮点", _FINDINGS, Kind.LONG_TEXT, 100),
    _institution("tp_references", "参考文件", _FINDINGS, Kind.LONG_TEXT, 1000),
    _institution("tp_qualification", "资质证明", _FINDINGS, Kind.LONG_TEXT, 500),
)
BY_CODE: dict[str, ProfileField] = {field.code: field for field in (*PROFILE_FIELDS, *THIRD_PARTY_FIELDS)}
_REACHING = frozenset({Kind.PHONE, Kind.MOBILE, Kind.EMAIL})
#: How a person is reached, and who that is: sealed in the database, hidden in the audit trail (SECURITY R25, R49).
CONTACTS: frozenset[str] = frozenset(
    {field.code for field in BY_CODE.values() if field.kind in _REACHING} | {"contact_name", "tp_contact"}
)


def hidden(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return *values* with contact persons, telephone numbers and mail addresses hidden."""
    return {code: _hidden(code, value) if code in CONTACTS else value for code, value in values.items()}


def _hidden(code: str, value: str) -> str:
    match BY_CODE[code].kind:
        case Kind.EMAIL:
            return masked_address(value)
        case Kind.PHONE | Kind.MOBILE:
            return masked_phone(value)
    return masked_name(value)


def checked(values: Mapping[str, str]) -> dict[str, str]:
    """Return *values* cleaned; blank is allowed while drafting.

    Raises:
        Invalid: unknown fields, or every entry that cannot be taken, each with its exact fault.
    """
    unknown = sorted(set(values) - set(BY_CODE))
    if unknown:
        raise Invalid({"": [f"基本信息表没有这些字段：{'、'.join(unknown)}。"]})
    errors: dict[str, list[str]] = {}
    cleaned: dict[str, str] = {}
    for code, value in values.items():
        try:
            cleaned[code] = _checked(BY_CODE[code], value)
        except Invalid as invalid:
            errors.update(invalid.errors)
    if errors:
        raise Invalid(errors)
    return cleaned


def missing(profile: Mapping[str, str]) -> list[ProfileField]:
    """Return the fields that must still be filled before submission."""
    found = [field for field in PROFILE_FIELDS if field.required and not profile.get(field.code)]
    if profile.get("evaluation_mode") == THIRD_PARTY and not profile.get("third_party_name"):
        found.append(BY_CODE["third_party_name"])
    return found


def _checked(field: ProfileField, value: str) -> str:
    text = clean_text(
        value, field=field.code, label=field.label, limit=field.limit, multiline=field.kind is Kind.LONG_TEXT
    )
    if not text:
        return ""
    match field.kind:
        case Kind.DATE:
            return _date(field, text).isoformat()
        case Kind.MONEY:
            return _money(field, text)
        case Kind.MOBILE if not _MOBILE.match(text):
            raise Invalid.of(field.code, f"{field.label}应为 11 位手机号码。")
        case Kind.PHONE if not _PHONE.match(text):
            raise Invalid.of(field.code, f"{field.label}格式不正确，示例：0512-57000000 或手机号码。")
        case Kind.EMAIL if not _EMAIL.match(text):
            raise Invalid.of(field.code, "邮箱格式不正确。")
        case Kind.CHOICE if text not in dict(field.choices):
            raise Invalid.of(field.code, f"请从列表中选择{field.label}。")
        case Kind.CREDIT_CODE:
            return credit_code.check(text, field=field.code)
    return text


def _date(field: ProfileField, text: str) -> date:
    digits = re.fullmatch(r"\d{8}", text)
    found = _DATE.match(f"{text[:4]}-{text[4:6]}-{text[6:]}" if digits else text)
    unusable = Invalid.of(field.code, f"{field.label}不是有效日期，示例：2010-05-18。")
    if found is None:
        raise unusable
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise unusable from None
    if day.year < _FIRST_YEAR:
        raise Invalid.of(field.code, f"{field.label}超出范围。")
    return day


def _money(field: ProfileField, text: str) -> str:
    try:
        amount = Decimal(text.replace(",", "").replace("，", ""))
    except InvalidOperation:
        raise Invalid.of(field.code, f"{field.label}应为数字，单位万元。") from None
    if not amount.is_finite() or amount < 0 or amount > _LARGEST_CAPITAL:
        raise Invalid.of(field.code, f"{field.label}超出范围，请核对单位是否为万元。")
    return format(amount.normalize(), "f")
