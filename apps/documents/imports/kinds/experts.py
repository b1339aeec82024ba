"""专家库: experts with their accounts; each sets the password by a link sent to the mail address (R-19)."""

from __future__ import annotations

from typing import Final

from apps.accounts import services as accounts
from apps.core.actor import Duty, Role
from apps.documents.imports.columns import CellKind, ImportColumn
from apps.documents.imports.importer import Context, Importer, Outcome, Row, Rows, SheetSpec, each
from apps.documents.imports.kinds.common import email, phone, uscc_column

_SHEET: Final = "专家"


def _act(context: Context, rows: Rows) -> Outcome:
    def add(row: Row) -> str:
        accounts.create_expert(
            actor=context.actor,
            clock=context.clock,
            data=accounts.NewExpert(
                username=row.text("username"),
                name=row.text("person_name"),
                password=None,
                number=row.text("number"),
                title=row.text("title"),
                employer_name=row.text("employer_name"),
                employer_uscc=row.text("employer_uscc"),
                fields=row.values.get("fields") or (),
                industries=row.values.get("industries") or (),
                email=row.text("email"),
                phone=row.text("phone"),
            ),
        )
        return "入库，账户待本人设置密码"

    effects = each(rows[_SHEET], add)
    return Outcome(f"专家入库 {len(effects)} 人。", effects, len(effects), link="/m/experts/")


EXPERTS: Final = Importer(
    code="experts",
    label="专家名单",
    lead="批量入库专家并建立账户。账户没有初始密码：本人在登录页用邮箱设置。",
    version="2026",
    roles=frozenset({Role.MUNICIPAL}),
    duty=Duty.HANDLER,
    limit="import_sheet_rows",
    act=_act,
    sheets=(
        SheetSpec(
            _SHEET,
            "苏州市绿色工厂评价专家",
            (
                ImportColumn(
                    key="number",
                    label="专家编号",
                    kind=CellKind.CODE,
                    required=True,
                    limit=20,
                    synonyms=("编号",),
                ),
                ImportColumn(key="person_name", label="姓名", required=True, limit=50),
                ImportColumn(key="title", label="职称", required=True, limit=40),
                ImportColumn(
                    key="employer_name",
                    label="工作单位",
                    required=True,
                    width=30,
                    synonyms=("单位", "所在单位"),
                ),
                uscc_column("employer_uscc", "单位信用代码", required=False),
                ImportColumn(
                    key="fields",
                    label="专业领域",
                    kind=CellKind.WORDS,
                    limit=200,
                    width=24,
                    synonyms=("专业",),
                ),
                ImportColumn(
                    key="industries",
                    label="熟悉行业大类",
                    kind=CellKind.WORDS,
                    limit=100,
                    synonyms=("行业大类",),
                    help="两位代码，如 26、39。",
                ),
                ImportColumn(
                    key="username",
                    label="用户名",
                    kind=CellKind.CODE,
                    required=True,
                    limit=40,
                    synonyms=("登录名",),
                ),
                ImportColumn(
                    key="email",
                    label="邮箱",
                    required=True,
                    limit=254,
                    width=26,
                    check=email,
                    help="用于设置密码。",
                ),
                ImportColumn(
                    key="phone",
                    label="手机",
                    kind=CellKind.CODE,
                    limit=30,
                    check=phone,
                    synonyms=("联系电话", "电话"),
                ),
            ),
            unique=("number",),
        ),
    ),
    samples={
        _SHEET: (
            (
                "ZJ9001",
                "秦文远",
                "正高级工程师",
                "苏州示例研究院",
                "",
                "能源、资源综合利用",
                "26、39",
                "expert9001",
                "expert9001@example.invalid",
                "13800000002",
            ),
        )
    },
)
