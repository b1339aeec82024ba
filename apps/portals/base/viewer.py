"""What the page viewer shows: the page looked at, its neighbours, thumbnails of a dozen pages, all as plain links.

Nothing of it needs a script: every address is a page of its own (`…/view/?page=3`); the script only swaps in place.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

#: As many thumbnails as the server draws together (`apps.evidence.rendering.drawing`).
WINDOW = 12
#: Zoom steps: 0 fits the width.
MOST_ZOOM = 2
_WIDTHS = (("s", 800), ("m", 1240), ("l", 1860))


@dataclass(frozen=True, slots=True)
class Leaf:
    """One thumbnail."""

    number: int
    url: str
    image: str
    current: bool
    cited: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A file in the viewer. `pages` 0: nothing to leaf through, `message` says why."""

    name: str
    base: str
    pages: int
    page: int
    image: str
    srcset: str
    leaves: tuple[Leaf, ...]
    previous: str
    next: str
    zoom: int
    zoom_in: str
    zoom_out: str
    whole: str
    cited: str
    cited_url: str
    download: str
    message: str
    back: str


def shown(
    *,
    name: str,
    base: str,
    pages: int,
    page: int = 0,
    zoom: int = 0,
    cited: tuple[int | None, int | None] = (None, None),
    back: str = "",
    message: str = "",
) -> Shown:
    """Return what the viewer shows.

    Args:
        name: of the file.
        base: address of the file, ending in "/": the download; `view/` and `pages/` lie below it.
        pages: how many there are, 0 for none.
        page: the one wanted; 0 or beyond the end: the first cited one, or the first.
        zoom: 0 to `MOST_ZOOM`.
        cited: first and last page that count at the place it was opened from.
        back: local address to return to.
        message: why there are no pages.
    """
    first, last = cited
    here = page if 1 <= page <= pages else min(first or 1, max(pages, 1))
    step = min(max(zoom, 0), MOST_ZOOM)

    def view(number: int, at: int = step) -> str:
        return _address(base, number, at, cited, back)

    start = (here - 1) // WINDOW * WINDOW + 1
    return Shown(
        name=name,
        base=base,
        pages=pages,
        page=here,
        image=f"{base}pages/{here}.jpg?size={'l' if step else 'm'}",
        srcset=""
        if step
        else ", ".join(f"{base}pages/{here}.jpg?size={key} {wide}w" for key, wide in _WIDTHS),
        leaves=tuple(
            Leaf(
                number=number,
                url=view(number),
                image=f"{base}pages/{number}.jpg?size=thumb",
                current=number == here,
                cited=first is not None and first <= number <= (last or first),
            )
            for number in range(start, min(start + WINDOW, pages + 1))
        ),
        previous=view(here - 1) if here > 1 else "",
        next=view(here + 1) if here < pages else "",
        zoom=step,
        zoom_in=view(here, step + 1) if step < MOST_ZOOM else "",
        zoom_out=view(here, step - 1) if step else "",
        whole=view(here, 0),
        cited=_cited(first, last),
        cited_url=view(first) if first is not None and first <= pages else "",
        download=base,
        message=message,
        back=back,
    )


def _address(base: str, number: int, zoom: int, cited: tuple[int | None, int | None], back: str) -> str:
    """Return the address of a page; what was left at its default is left out."""
    parts = {"page": str(number)}
    if zoom:
        parts["zoom"] = str(zoom)
    if cited[0] is not None:
        parts |= {"from": str(cited[0]), "to": str(cited[1] or cited[0])}
    if back:
        parts["back"] = back
    return f"{base}view/?{urlencode(parts)}"


def _cited(first: int | None, last: int | None) -> str:
    if first is None:
        return ""
    return f"第 {first} 页" if last in {None, first} else f"第 {first}—{last} 页"
