"""企业名录: the enterprises a bureau knows already, so that their file begins before they first apply."""

from __future__ import annotations

from typing import Final

from apps.accounts import services as accounts
from apps.core.actor import Duty, Role
from apps.core.errors import Invalid
from apps.documents.imports.columns import CellKind, ImportColumn
from apps.documents.imports.importer import Context, Importer, Outcome, Rows, SheetSpec
from apps.documents.imports.kinds.common import DISTRICTS, by_place, email, phone, uscc_column

_SHEET: Final = "企业名录"
_TEXTS: Final = (
    "sub_area",
    "registered_address",
    "ownership",
    "contact_email",
    "main_products",
    "group_name",
)


def _act(context: Context, rows: Rows) -> Outcome:
    lines = rows[_SHEET]
    known = [
        accounts.KnownEnterprise(
            uscc=row.text("uscc"),
            name=row.text("name"),
            district=row.text("district"),
            industry_code=row.text("industry_code"),
            site_address=row.text("site_address"),
            legal_representative=row.text("legal_representative"),
            contact_name=row.text("contact_name"),
            contact_phone=row.text("contact_phone"),
            founded_on=row.values.get("founded_on"),
            **{name: row.text(name) for name in _TEXTS},
        )
        for row in lines
    ]
    try:
        done = accounts.record_known_enterprises(
            actor=context.actor, clock=context.clock, rows=known, source=context.batch
        )
    except Invalid as refusal:
        raise by_place(refusal) from None
    passed = len(lines) - done.count
    return Outcome(
        summary=f"新增企业 {done.count} 家，已登记未变更 {passed} 家。",
        effects=["新增" if created else "已登记，不变更" for created in done.created],
        changes=done.count,
        # The city has no page of registrations: it takes the list out.
        link="/d/enterprises/" if context.actor.role == Role.DISTRICT else "/exports/lists/enterprises/",
    )


ENTERPRISES: Final = Importer(
    code="enterprises",
    label="企业名录",
    lead="把已有的企业台账导入平台，建立一企一档。导入的企业尚无账户，企业登记时自动认领。",
    version="2026",
    roles=frozenset({Role.MUNICIPAL, Role.DISTRICT}),
    duty=Duty.HANDLER,
    act=_act,
    notes=("同一信用代码已登记且名称相同的，不重复登记；名称不同的，请核对后更正。",),
    sheets=(
        SheetSpec(
            _SHEET,
            "苏州市绿色工厂企业名录",
            (
                ImportColumn(
                    key="name",
                    label="企业名称",
                    required=True,
                    width=34,
                    synonyms=("名称", "单位名称", "工厂名称", "企业全称"),
                ),
                uscc_column(),
                ImportColumn(
                    key="district",
                    label="属地",
                    kind=CellKind.CHOICE,
                    required=True,
                    choices=DISTRICTS,
                    synonyms=("所在地区", "县区", "区县", "所属地区"),
                    help="以生产地址所在地为准。",
                ),
                ImportColumn(
                    key="industry_code",
                    label="行业代码",
                    kind=CellKind.CODE,
                    required=True,
                    limit=4,
                    width=10,
                    synonyms=("行业小类代码", "国民经济行业代码"),
                    help="GB/T 4754-2017 制造业四位代码。",
                ),
                ImportColumn(
                    key="site_address",
                    label="厂区地址",
                    required=True,
                    limit=200,
                    width=36,
                    synonyms=("生产地址",),
                ),
                ImportColumn(
                    key="legal_representative",
                    label="法定代表人",
                    required=True,
                    limit=50,
                    synonyms=("法人",),
                ),
                ImportColumn(key="contact_name", label="联系人", required=True, limit=50),
                ImportColumn(
                    key="contact_phone",
                    label="联系电话",
                    kind=CellKind.CODE,
                    required=True,
                    limit=30,
                    synonyms=("手机", "电话", "联系方式"),
                    check=phone,
                ),
                ImportColumn(
                    key="contact_email",
                    label="联系邮箱",
                    limit=254,
                    width=24,
                    synonyms=("邮箱",),
                    check=email,
                ),
                ImportColumn(key="sub_area", label="板块", limit=40, synonyms=("镇街", "乡镇街道")),
                ImportColumn(key="registered_address", label="注册地址", limit=200, width=30),
                ImportColumn(key="ownership", label="单位性质", limit=20, synonyms=("企业性质",)),
                ImportColumn(key="founded_on", label="成立日期", kind=CellKind.DATE),
                ImportColumn(key="main_products", label="主要产品", limit=200, width=26),
                ImportColumn(key="group_name", label="所属集团", limit=100),
            ),
            unique=("uscc",),
        ),
    ),
    samples={
        _SHEET: (
            (
                "昆山示例精密材料有限公司",
                "91320583MA0109BA4W",
                "昆山市",
                "2651",
                "昆山开发区示例路 1 号",
                "周敏",
                "沈洁",
                "13800000001",
                "",
                "开发区",
                "",
                "民营",
                None,
                "聚丙烯复合材料",
                "",
            ),
        )
    },
)
