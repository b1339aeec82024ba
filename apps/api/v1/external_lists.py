"""省级、国家级名单: imported line by line; a line that names nobody is matched by hand (R-03 … R-05, F-19)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from apps.api.base import CITY, Act, Body, Listing, Paging, Query, Text
from apps.core.actor import Role
from apps.titles import selectors, services
from apps.titles.selectors.lists import LINE_STATES, ListRow
from apps.titles.services.lists import ListData

_READERS = CITY | {Role.AUDITOR}
_ACTIONS = (("add", "新增"), ("remove", "移出"), ("rename", "更名"))
#: Of one body; how many lines one import may have is a setting of the bureau below this.
_MOST_LINES = 20_000
_KINDS = (("provincial", "省级名单（4A）"), ("national", "国家级名单（5A）"))


class NameBody(Body):
    """One line as printed; `new_name` with `rename`."""

    action = serializers.ChoiceField(_ACTIONS, required=False, default="add")
    name = Text(max_length=200)
    uscc = Text(required=False, default="", max_length=18)
    new_name = Text(required=False, default="", max_length=200)


class ListBody(Body):
    """A published list."""

    kind = serializers.ChoiceField(_KINDS)
    title = Text(max_length=200)
    document_no = Text(max_length=60)
    published_on = serializers.DateField()
    rows = serializers.ListField(child=NameBody(), max_length=_MOST_LINES)


class ListLine(serializers.Serializer[Any]):
    """One imported list; `counts`: how many lines came to what."""

    public_id = serializers.CharField()
    kind = serializers.CharField()
    kind_label = serializers.CharField()
    title = serializers.CharField()
    document_no = serializers.CharField()
    published_on = serializers.DateField()
    imported_at = serializers.DateTimeField()
    counts = serializers.DictField(child=serializers.IntegerField())


class NameLine(serializers.Serializer[Any]):
    """One line of a list and what it came to."""

    public_id = serializers.CharField()
    position = serializers.IntegerField()
    action_label = serializers.CharField()
    printed_name = serializers.CharField()
    printed_uscc = serializers.CharField()
    new_name = serializers.CharField()
    match_label = serializers.CharField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    note = serializers.CharField()


class ImportedAnswer(serializers.Serializer[Any]):
    """What an import came to; `already`: exactly this list had been imported before."""

    public_id = serializers.CharField()
    applied = serializers.IntegerField()
    without_effect = serializers.IntegerField()
    unmatched = serializers.IntegerField()
    already = serializers.BooleanField()


class LineStateQuery(Query):
    """Lines of one result only."""

    state = serializers.ChoiceField([("", "全部"), *LINE_STATES], required=False, default="")


class MatchBody(Body):
    """The enterprise that is meant."""

    enterprise = Text(max_length=64)


class MatchedAnswer(serializers.Serializer[Any]):
    """`applied`, or `without_effect`."""

    state = serializers.CharField()


class DismissBody(Body):
    """Why the line is nobody's."""

    note = Text(max_length=500)


class ExternalLists(Listing, Act):
    """已导入的省级、国家级名单；导入一份名单，能确定企业的即时生效，其余待人工核对。"""

    audience = _READERS
    writers = CITY
    reading = ListLine
    body = ListBody
    answer = ImportedAnswer
    status = 201

    def rows(self) -> Any:
        """Return the lists, newest first."""
        return selectors.external_lists(actor=self.actor)

    def act(self, *, rows: list[Mapping[str, str]], **data: Any) -> Any:
        """Import it."""
        lines = tuple(ListRow(**row) for row in rows)
        return services.import_external_list(
            actor=self.actor, clock=self.clock, data=ListData(rows=lines, **data)
        )


class ExternalListLines(Paging):
    """一份名单的各行。"""

    audience = _READERS
    reading = NameLine
    query = LineStateQuery

    def rows(self, *, public_id: str, state: str, page: int, per_page: int) -> Any:
        """Return one page of its lines, in the order of the list."""
        return selectors.list_page(
            actor=self.actor, public_id=public_id, state=state, page=page, per_page=per_page
        )[1]


class WaitingLines(Paging):
    """待人工核对的各行。"""

    audience = _READERS
    reading = NameLine

    def rows(self, **window: int) -> Any:
        """Return one page of the queue."""
        return selectors.unmatched_page(actor=self.actor, **window)


class MatchLine(Act):
    """把待核对的一行对应到一家企业，即时生效。"""

    audience = CITY
    body = MatchBody
    answer = MatchedAnswer
    status = 200

    def act(self, *, public_id: str, enterprise: str) -> dict[str, str]:
        """Match it."""
        state = services.match_row(
            actor=self.actor, clock=self.clock, row_public_id=public_id, enterprise_public_id=enterprise
        )
        return {"state": state}


class DismissLine(Act):
    """登记待核对的一行不对应任何企业。"""

    audience = CITY
    body = DismissBody

    def act(self, *, public_id: str, note: str) -> None:
        """Take it out of the queue."""
        services.dismiss_row(actor=self.actor, clock=self.clock, row_public_id=public_id, note=note)
