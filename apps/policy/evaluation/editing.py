"""Owns changing one part of a scheme that is being written: the stored mapping in, the changed mapping out.

A part is found by its code. Nothing here judges the content: `loading.read_draft` does, with the same messages
as for an imported scheme; `path_of` says where in them the part stands.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Part(StrEnum):
    """What can be edited by itself."""

    HEAD = "head"
    DIMENSION = "dimension"
    GROUP = "group"
    ITEM = "item"
    METRIC = "metric"

    @property
    def label(self) -> str:
        """The Chinese word."""
        return {
            Part.HEAD: "体系信息",
            Part.DIMENSION: "维度",
            Part.GROUP: "二级指标",
            Part.ITEM: "条目",
            Part.METRIC: "指标",
        }[self]


class EditRefused(ValueError):
    """The edit does not fit the scheme; `field` is the form field it is about, "" for the whole."""

    def __init__(self, field_name: str, message: str) -> None:
        super().__init__(message)
        self.field = field_name


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item or a group stands; `group` is "" where the dimension has no 二级指标."""

    dimension: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """Write one part: `code` of the part to change ("" adds one), its fields as stored, its place in the tree."""

    part: Part
    code: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    place: Place = field(default_factory=Place)


@dataclass(frozen=True, slots=True)
class Removal:
    """Take one part out; a dimension or a group only when nothing stands in it any more."""

    part: Part
    code: str


@dataclass(frozen=True, slots=True)
class Shift:
    """Move an item one place up or down among its neighbours."""

    code: str
    up: bool


Change = Edit | Removal | Shift
Content = dict[str, Any]


def changed(content: Mapping[str, Any], change: Change) -> Content:
    """Return the scheme with one change; the mapping given is left as it is.

    Raises:
        EditRefused: no such part or place, a code that is taken, or a part that is not empty.
    """
    found: Content = copy.deepcopy(dict(content))
    if isinstance(change, Removal):
        _remove(found, change)
    elif isinstance(change, Shift):
        _shift(found, change)
    elif change.part is Part.HEAD:
        kept = {key: found[key] for key in _WHOLE if key in found}
        found = {**kept, **_filled(change.fields)}
    elif change.part is Part.METRIC:
        _put(found.setdefault("metrics", []), change, "指标")
    elif change.part is Part.DIMENSION:
        _put_dimension(found, change)
    elif change.part is Part.GROUP:
        _put_group(found, change)
    else:
        _put_item(found, change)
    return _counted(found)


def path_of(content: Mapping[str, Any], part: Part, code: str) -> str:
    """Return the path `loading` gives a part ("" for the head); EditRefused when there is none."""
    if part is Part.HEAD:
        return ""
    for kind, path, entry in parts_of(content):
        # A part that was just written without a code is told of by its path, too.
        if kind is part and str(entry.get("code") or "") == code:
            return path
    raise EditRefused("", f"草案中没有代码为“{code}”的{part.label}。")


def part_at(content: Mapping[str, Any], path: str) -> tuple[Part, str]:
    """Return the innermost part a problem's path lies in: the other way round of `path_of`."""
    best, length = (Part.HEAD, ""), 0
    for kind, own, entry in parts_of(content):
        if (path == own or path.startswith(f"{own}.")) and len(own) > length:
            best, length = (kind, str(entry.get("code", ""))), len(own)
    return best


def parts_of(content: Mapping[str, Any]) -> Iterator[tuple[Part, str, Mapping[str, Any]]]:
    """Yield every dimension, group, item and metric with its path, in the order of the scheme."""
    for place, dimension in enumerate(content.get("dimensions", ())):
        path = f"dimensions[{place}]"
        yield Part.DIMENSION, path, dimension
        for spot, item in enumerate(dimension.get("items", ())):
            yield Part.ITEM, f"{path}.items[{spot}]", item
        for position, group in enumerate(dimension.get("secondary", ())):
            own = f"{path}.secondary[{position}]"
            yield Part.GROUP, own, group
            for spot, item in enumerate(group.get("items", ())):
                yield Part.ITEM, f"{own}.items[{spot}]", item
    for place, metric in enumerate(content.get("metrics", ())):
        yield Part.METRIC, f"metrics[{place}]", metric


def entry_of(content: Mapping[str, Any], part: Part, code: str) -> Mapping[str, Any]:
    """Return the stored fields of a part; EditRefused when there is none."""
    if part is Part.HEAD:
        return content
    path_of(content, part, code)
    return next(entry for kind, _, entry in parts_of(content) if kind is part and entry.get("code") == code)


def place_of(content: Mapping[str, Any], code: str) -> Place:
    """Return where an item or a group stands, an empty place when there is none of that code."""
    for dimension in content.get("dimensions", ()):
        if any(item.get("code") == code for item in dimension.get("items", ())):
            return Place(dimension["code"])
        for group in dimension.get("secondary", ()):
            if group.get("code") == code:
                return Place(dimension["code"])
            if any(item.get("code") == code for item in group.get("items", ())):
                return Place(dimension["code"], group["code"])
    return Place()


#: What of the whole mapping the head's form does not carry.
_WHOLE = (
    "schema_version",
    "code",
    "total_points",
    "item_count",
    "secondary_count",
    "dimensions",
    "metrics",
    "sources",
    "basic_requirements",
)


def _put_dimension(content: Content, edit: Edit) -> None:
    rows = content.setdefault("dimensions", [])
    kept: Content = {}
    if edit.code:
        before = _found(rows, edit.code, Part.DIMENSION)
        kept = {key: before[key] for key in ("items", "secondary") if key in before}
    _put(rows, Edit(edit.part, edit.code, {**edit.fields, **kept}), "维度")


def _put_group(content: Content, edit: Edit) -> None:
    target = _found(content.get("dimensions", []), edit.place.dimension, Part.DIMENSION, "dimension")
    if target.get("items"):
        raise EditRefused("dimension", f"维度“{target['name']}”的条目直接写在维度之下，不能再加二级指标。")
    items: list[Any] = []
    own = {str(group.get("code")) for group in target.get("secondary", ())}
    _free(content, Part.GROUP, edit)
    if edit.code:
        items = list(entry_of(content, Part.GROUP, edit.code).get("items", ()))
        if edit.code not in own:
            _take(content, Part.GROUP, edit.code)
    rows = target.setdefault("secondary", [])
    known = edit.code if edit.code in own else ""
    _put(rows, Edit(edit.part, known, {**edit.fields, "items": items}), "二级指标")


def _put_item(content: Content, edit: Edit) -> None:
    rows = _items_at(content, edit.place)
    _free(content, Part.ITEM, edit)
    known = edit.code
    if edit.code and place_of(content, edit.code) != edit.place:
        _take(content, Part.ITEM, edit.code)
        known = ""
    _put(rows, Edit(edit.part, known, edit.fields), "条目")


def _items_at(content: Content, place: Place) -> list[Any]:
    dimension = _found(content.get("dimensions", []), place.dimension, Part.DIMENSION, "place")
    if not place.group:
        if dimension.get("secondary"):
            raise EditRefused("place", f"维度“{dimension['name']}”下设二级指标，条目应放在二级指标之下。")
        rows: list[Any] = dimension.setdefault("items", [])
        return rows
    group = _found(dimension.get("secondary", []), place.group, Part.GROUP, "place")
    found: list[Any] = group.setdefault("items", [])
    return found


def _free(content: Content, part: Part, edit: Edit) -> None:
    """Refuse a code that another part of the kind has, anywhere in the tree."""
    wanted = str(edit.fields.get("code", ""))
    taken = {str(entry.get("code")) for kind, _, entry in parts_of(content) if kind is part}
    if wanted != edit.code and wanted in taken:
        raise EditRefused("code", f"代码“{wanted}”已用于另一{part.label}。")


def _put(rows: list[Any], edit: Edit, word: str) -> None:
    fields = _filled(edit.fields)
    codes = [str(row.get("code")) for row in rows]
    wanted = str(fields.get("code", ""))
    if wanted != edit.code and wanted in codes:
        raise EditRefused("code", f"代码“{wanted}”已用于另一{word}。")
    if not edit.code:
        rows.append(fields)
        return
    if edit.code not in codes:
        raise EditRefused("", f"草案中没有代码为“{edit.code}”的{word}。")
    rows[codes.index(edit.code)] = fields


def _found(rows: list[Any], code: str, part: Part, name: str = "") -> Content:
    for row in rows:
        if row.get("code") == code:
            found: Content = row
            return found
    raise EditRefused(name, f"草案中没有代码为“{code}”的{part.label}。")


def _remove(content: Content, removal: Removal) -> None:
    if removal.part is Part.HEAD:
        raise EditRefused("", "体系信息不能删除。")
    entry = entry_of(content, removal.part, removal.code)
    if entry.get("items") or entry.get("secondary"):
        raise EditRefused("", f"{removal.part.label}“{removal.code}”之下还有内容，请先移走或删除。")
    _take(content, removal.part, removal.code)


def _take(content: Content, part: Part, code: str) -> None:
    for rows, place in _holders(content, part, code):
        del rows[place]
        return


def _shift(content: Content, shift: Shift) -> None:
    for rows, place in _holders(content, Part.ITEM, shift.code):
        other = place - 1 if shift.up else place + 1
        if 0 <= other < len(rows):
            rows[place], rows[other] = rows[other], rows[place]
        return
    raise EditRefused("", f"草案中没有代码为“{shift.code}”的条目。")


def _holders(content: Content, part: Part, code: str) -> list[tuple[list[Any], int]]:
    """Return the list a part stands in and its index there; empty when there is no such part."""
    dimensions = content.get("dimensions", [])
    if part is Part.DIMENSION:
        lists = [dimensions]
    elif part is Part.METRIC:
        lists = [content.get("metrics", [])]
    elif part is Part.GROUP:
        lists = [dimension.get("secondary", []) for dimension in dimensions]
    else:
        lists = [dimension.get("items", []) for dimension in dimensions]
        lists += [group.get("items", []) for one in dimensions for group in one.get("secondary", [])]
    return [(rows, place) for rows in lists for place, row in enumerate(rows) if row.get("code") == code]


def _counted(content: Content) -> Content:
    """Keep the counts a scheme states of itself true to what it holds now."""
    kinds = [kind for kind, _, _ in parts_of(content)]
    for key, part in (("item_count", Part.ITEM), ("secondary_count", Part.GROUP)):
        if key in content:
            content[key] = kinds.count(part)
    return content


def _filled(fields: Mapping[str, Any]) -> Content:
    return {key: value for key, value in fields.items() if value not in (None, "", [], (), {})}
