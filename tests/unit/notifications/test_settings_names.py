"""The kinds of progress messages a person may leave out are named in whole words."""

from __future__ import annotations

from apps.portals.base.messaging import _optional


def test_names_need_no_case() -> None:
    names = _optional()
    assert names["title_awarded_district"] == "企业评定为绿色工厂"
    assert names["city_recheck_reported"] == "市局复查已有结论"
    assert not [name for name in names.values() if "{" in name or "：" in name or "为级" in name]
