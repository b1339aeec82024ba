"""What a browser calls itself, in words; and the network an address belongs to."""

from __future__ import annotations

import ipaddress

_UNKNOWN = "未知设备"
#: In this order: each later browser also names the earlier ones.
_BROWSERS = (
    ("MicroMessenger", "微信"),
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("QQBrowser", "QQ 浏览器"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def device_of(user_agent: str) -> str:
    """Return browser and system of a User-Agent line, such as “Chrome（Windows）”; never the line itself."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    if not browser and not system:
        return _UNKNOWN
    return f"{browser or '其他程序'}（{system or '未知系统'}）"


def network_of(address: str) -> str:
    """Return the /16 of an IPv4 address or the /48 of an IPv6 address; "" when it is none.

    A bureau leaves through a handful of addresses of one network; telephones change the last half all day.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    prefix = 16 if isinstance(parsed, ipaddress.IPv4Address) else 48
    return str(ipaddress.ip_network(f"{address}/{prefix}", strict=False))
