"""What a first visit loads: a page with every style, script, icon and font it names, compressed as it is served."""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders

_NAMED = re.compile(r'(?:href|src)="([^"#?]+)')
_HASHED = re.compile(r"\.[0-9a-f]{12}(?=\.\w+$)")
#: Served as they are: compressed already.
_PACKED = {".woff2", ".png", ".jpg"}
#: Declared in the style sheet that every page loads; needed for the first figure on the page.
_FONT = "vendor/inter-5.3.0/gf-latin.woff2"


@dataclass(frozen=True, slots=True)
class FirstLoad:
    """Bytes over the line at a first visit: `page` the page itself, `assets` by name, all compressed."""

    page: int
    assets: dict[str, int]

    @property
    def total(self) -> int:
        """The page and everything it names."""
        return self.page + sum(self.assets.values())


def first_load(html: str) -> FirstLoad:
    """Return what loading *html* with an empty cache costs.

    Chinese slices are left out: they are for devices without a Chinese font only (`<noscript>`, `data-cjk`).

    Raises:
        FileNotFoundError: the page names a static file that does not exist.
    """
    served = re.sub(r"<noscript>.*?</noscript>", "", html, flags=re.DOTALL)
    names = {
        _HASHED.sub("", address.removeprefix(settings.STATIC_URL))
        for address in _NAMED.findall(served)
        if address.startswith(settings.STATIC_URL)
    }
    assets = {name: _size(name) for name in sorted(names | {_FONT})}
    return FirstLoad(len(gzip.compress(html.encode())), assets)


def _size(name: str) -> int:
    found = finders.find(name)
    if found is None:
        raise FileNotFoundError(name)
    path = Path(str(found))
    content = path.read_bytes()
    return len(content) if path.suffix in _PACKED else len(gzip.compress(content))
