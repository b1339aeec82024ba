"""Whether an address names another 属地 than the one chosen: a slip that sends the case to the wrong bureau (I19)."""

from __future__ import annotations

from collections.abc import Mapping

#: Further full names by which addresses name a 属地; short names are left out, streets are called after them.
_ALSO = {"SIP": ("苏州工业园区",), "320505": ("苏州高新区", "虎丘区", "苏州国家高新技术产业开发区")}


def other_district_named(address: str, chosen: str, districts: Mapping[str, str]) -> str:
    """Return the name of the first other 属地 that *address* writes out in full, "" when there is none.

    Args:
        address: where the enterprise produces.
        chosen: code of the 属地 chosen.
        districts: code → name of all of them.
    """
    names = {code: (*_ALSO.get(code, ()), name) for code, name in districts.items()}
    if any(name in address for name in names.get(chosen, ())):
        return ""
    return next(
        (
            districts[code]
            for code, known in names.items()
            for name in known
            if code != chosen and name in address
        ),
        "",
    )
