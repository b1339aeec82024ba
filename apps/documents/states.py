"""The life of an upload that is to be imported."""

from __future__ import annotations

from apps.core.actor import Role
from apps.core.lifecycle import Lifecycle, arrow

CHECKING, UNREADABLE, FAULTY, READY = "checking", "unreadable", "faulty", "ready"
APPLYING, APPLIED, DISCARDED, EXPIRED = "applying", "applied", "discarded", "expired"

_IMPORTERS = [Role.MUNICIPAL, Role.DISTRICT, Role.EXPERT]
_SETTLED = [UNREADABLE, FAULTY, READY]

IMPORT_LIFE = Lifecycle(
    "数据导入",
    {
        CHECKING: "检查中",
        UNREADABLE: "不能读取",
        FAULTY: "有问题待更正",
        READY: "待确认导入",
        APPLYING: "导入中",
        APPLIED: "已导入",
        DISCARDED: "已放弃",
        EXPIRED: "已过期清理",
    },
    [
        arrow("refuse", "不能读取", [CHECKING], UNREADABLE, [*_IMPORTERS, Role.SYSTEM], "R-44"),
        arrow("fault", "发现问题", [CHECKING, APPLYING], FAULTY, _IMPORTERS, "R-44"),
        arrow("pass", "检查通过", [CHECKING], READY, _IMPORTERS, "R-44"),
        arrow("confirm", "确认导入", [READY], APPLYING, _IMPORTERS, "R-44"),
        arrow("apply", "导入完成", [APPLYING], APPLIED, _IMPORTERS, "R-44"),
        arrow("reopen", "导入未完成", [APPLYING], READY, [*_IMPORTERS, Role.SYSTEM], "R-44"),
        arrow("discard", "放弃", [CHECKING, *_SETTLED], DISCARDED, _IMPORTERS, "R-44"),
        arrow("expire", "过期清理", [CHECKING, *_SETTLED], EXPIRED, [Role.SYSTEM], "R-44"),
    ],
)
