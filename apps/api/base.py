"""What every endpoint shares: gate 1, the actor known to PostgreSQL, one domain call, strict bodies, bounded lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from django.conf import settings
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.api.exceptions import BodyTooLarge, UnknownFields
from apps.api.pagination import cut, page_asked
from apps.api.schema import DomainSchema
from apps.core.actor import Actor, Role
from apps.core.audience import ANYONE, actor_of
from apps.core.moment import Clock, DatabaseClock
from apps.core.scoping import enter

ENTERPRISE = frozenset({Role.ENTERPRISE})
DISTRICT = frozenset({Role.DISTRICT})
CITY = frozenset({Role.MUNICIPAL})
EXPERT = frozenset({Role.EXPERT})
SUB_AREA = frozenset({Role.SUB_AREA})
BUREAUS = DISTRICT | CITY
PARTIES = ENTERPRISE | BUREAUS
EVERYBODY = ANYONE
SIGNED_IN = ANYONE - {Role.PUBLIC}

Output = type[serializers.Serializer[Any]]


class Endpoint(APIView):
    """A view that declares who may call it.

    `audience` is read by the middleware, the permission class and the access matrix; `writers` narrows POST,
    `readers` GET.
    """

    schema = DomainSchema()
    http_method_names = ["get", "head", "post"]
    audience: ClassVar[frozenset[Role]] = frozenset()
    writers: ClassVar[frozenset[Role] | None] = None
    readers: ClassVar[frozenset[Role] | None] = None
    #: Of the schema: the body and the answer of POST, the answer of GET and the parameters of its address.
    body: ClassVar[Output | None] = None
    answer: ClassVar[Output | None] = None
    status: ClassVar[int] = 204
    reading: ClassVar[Output | None] = None
    query: ClassVar[Output | None] = None
    paged: ClassVar[bool] = False
    #: Where audiences read different things: role → the answer of GET (`reading` for every other role).
    reading_for: ClassVar[Mapping[Role, Output]] = {}

    @property
    def shown(self) -> Output:
        """Return what prints an answer for this caller: one serializer per audience."""
        found = self.reading_for.get(self.actor.role, self.reading)
        if found is None:
            msg = f"{type(self).__name__} declares no answer for GET"
            raise TypeError(msg)
        return found

    @property
    def actor(self) -> Actor:
        """Who calls."""
        return actor_of(self.request._request)  # noqa: SLF001  (DRF's documented wrapped request)

    @property
    def clock(self) -> Clock:
        """The legal clock."""
        return DatabaseClock()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse too large a body, check gate 1 and throttles, then make the actor known to PostgreSQL."""
        if int(request.META.get("CONTENT_LENGTH") or 0) > self.largest_body:
            raise BodyTooLarge
        super().initial(request, *args, **kwargs)
        enter(self.actor)

    @property
    def largest_body(self) -> int:
        """Bytes a request may have."""
        return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)

    def sent(self, form: Output) -> dict[str, Any]:
        """Return the checked body.

        Raises:
            UnknownFields, ValidationError: 400.
        """
        return _checked(form, self.request.data)

    def asked(self) -> dict[str, Any]:
        """Return the checked parameters of the address; unknown ones do not count."""
        return _checked(self.query, self.request.query_params.dict()) if self.query else {}


def _checked(form: Output, data: Any) -> dict[str, Any]:
    bound = form(data=data)
    bound.is_valid(raise_exception=True)
    return dict(bound.validated_data)


class Act(Endpoint):
    """POST that makes one domain call: `act(**path, **body)`; its result is printed by `answer`."""

    act: Callable[..., Any]
    #: Whether the person must have confirmed who they are lately (`apps.core.reconfirming`).
    reconfirmed = False

    def post(self, request: Request, **path: str) -> Response:
        """Check the body, act, answer."""
        del request
        result = self.act(**path, **(self.sent(self.body) if self.body else self._nothing()))
        return answered(self.answer, result, self.status)

    def _nothing(self) -> dict[str, Any]:
        """Refuse fields where none are expected."""
        return self.sent(Nothing)


class Reading(Endpoint):
    """GET of one thing: `read(**path, **query)`."""

    read: Callable[..., Any]

    def get(self, request: Request, **path: str) -> Response:
        """Answer."""
        del request
        return answered(self.shown, self.read(**path, **self.asked()), 200)


class Listing(Endpoint):
    """GET of a list: `rows(**path, **query)` returns a selector's page, or a bounded list that is cut here."""

    paged: ClassVar[bool] = True

    rows: Callable[..., Any]

    def get(self, request: Request, **path: str) -> Response:
        """Answer one page."""
        number, size = page_asked(request)
        found = self.rows(**path, **self.asked(), **self.window(number, size))
        page = cut(found, number, size) if isinstance(found, Sequence) else found
        return Response(
            {
                "total": page.total,
                "page": page.page,
                "pages": page.pages,
                "results": self.shown(page.rows, many=True).data,
            }
        )

    def window(self, number: int, size: int) -> Mapping[str, int]:
        """Return what `rows` is told about the page; a selector that pages by itself takes both."""
        del number, size
        return {}


class Paging(Listing):
    """A list whose selector pages by itself."""

    def window(self, number: int, size: int) -> Mapping[str, int]:
        """Hand page and size to the selector."""
        return {"page": number, "per_page": size}


def answered(output: Output | None, result: Any, status: int) -> Response:
    """Print *result*; without an output serializer there is nothing to say."""
    if output is None:
        return Response(status=204)
    return Response(output(result).data, status=status)


class Body(serializers.Serializer[Any]):
    """A body that knows every field it takes: others are refused by name (SECURITY P02)."""

    def to_internal_value(self, data: Any) -> Any:
        """Refuse what is not an object, or has unknown fields."""
        if isinstance(data, Mapping):
            unknown = sorted(str(name) for name in set(data) - set(self.fields))
            if unknown:
                raise UnknownFields(unknown)
        return super().to_internal_value(data)


class Nothing(Body):
    """An act that takes no body."""


class Query(serializers.Serializer[Any]):
    """Parameters of the address."""


class Text(serializers.CharField):
    """A text as sent: a number is not a text, and spaces are the service's business."""

    default_error_messages = {"invalid": "应为文字。"}

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 5000)
        options.setdefault("allow_blank", True)
        options.setdefault("trim_whitespace", False)
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> str:
        """Take strings only."""
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class Flag(serializers.BooleanField):
    """true or false, not "yes" or 1."""

    TRUE_VALUES = {True}
    FALSE_VALUES = {False}
    NULL_VALUES = {None}

    def to_internal_value(self, data: Any) -> bool:
        """Take JSON's own truth values only: 1 equals True in Python."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Number(serializers.IntegerField):
    """A whole number as JSON writes it."""

    def to_internal_value(self, data: Any) -> int:
        """Take integers only."""
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return int(super().to_internal_value(data))


class Points(serializers.DecimalField):
    """A score in an answer: a string with two decimals."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=8, decimal_places=2, coerce_to_string=True, **options)


class Codes(serializers.ListField):
    """A list of codes or public ids."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 500)
        super().__init__(child=Text(max_length=64), **options)


class Made(serializers.Serializer[Any]):
    """The public id of a new row."""

    public_id = serializers.CharField()


def made(public_id: str) -> dict[str, str]:
    """Return the answer that names a new row."""
    return {"public_id": public_id}
