"""Columns whose text is encrypted at rest: sealed when written, opened when read, key named in every value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models.lookups import Exact, In

from apps.core import crypto

if TYPE_CHECKING:  # the stubs' parameters cannot be given at run time
    _Exact = Exact[Any]
    _In = In[Any]
else:
    _Exact, _In = Exact, In
_SEALED = re.compile(r"^k[0-9]{1,4}\.[A-Za-z0-9_-]{20,}={0,2}$")
_FINDABLE = re.compile(r"^(k[0-9]{1,4}\.[A-Za-z0-9_-]{20,}={0,2})\.[A-Za-z0-9_-]{22}$")


def is_sealed(value: str) -> bool:
    """Return whether a stored value is ciphertext (rows from before the column was sealed are not)."""
    return bool(_SEALED.match(value))


class SealedTextField(models.TextField):  # type: ignore[type-arg]  # the stubs' parameters cannot be given at run time
    """Text that the database never holds in clear. It cannot be searched, sorted or compared there."""

    def get_prep_value(self, value: Any) -> Any:
        """Seal what is written; empty text stays empty."""
        text = super().get_prep_value(value)
        return crypto.encrypt(text) if text else text

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        """Open what was read."""
        del expression, connection
        return crypto.decrypt(value) if value and is_sealed(value) else value

    def get_lookup(self, lookup_name: str) -> Any:
        """Allow only what ciphertext can answer.

        Raises:
            TypeError: any comparison of contents, which would silently find nothing.
        """
        if lookup_name != "isnull":
            msg = f"{self.model.__name__}.{self.name} is sealed and cannot be compared ({lookup_name})"
            raise TypeError(msg)
        return super().get_lookup(lookup_name)


class FindableSealedField(SealedTextField):
    """Sealed text that can be found by its whole value: `key . ciphertext . digest`, the digest keyed like the seal.

    One column, so that no way of writing a row can leave the digest behind. `exact` and `in` compare digests (letter
    case does not count); order, parts and patterns stay impossible.
    """

    def get_prep_value(self, value: Any) -> Any:
        """Seal what is written and put the digest beside it; empty text stays empty."""
        sealed = super().get_prep_value(value)
        return f"{sealed}.{crypto.lookup_digest(str(value))}" if sealed else sealed

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        """Open what was read."""
        found = _FINDABLE.match(value) if value else None
        return super().from_db_value(found[1] if found else value, expression, connection)

    def get_lookup(self, lookup_name: str) -> Any:
        """Allow equality by digest, and `isnull`.

        Raises:
            TypeError: any other comparison.
        """
        return _BY_DIGEST.get(lookup_name) or super().get_lookup(lookup_name)


class LookupDigest(models.Func):
    """The digest of a `FindableSealedField`, for indexes and unique constraints: `LookupDigest("address")`."""

    function = "SPLIT_PART"
    template = "%(function)s(%(expressions)s, '.', 3)"
    output_field = models.CharField()
    arity = 1


def _compared(lhs: str, values: Iterable[Any]) -> tuple[str, tuple[Any, ...]]:
    """Return SQL that compares the digest of column *lhs* with those of *values*, and the column with empty text.

    Raises:
        TypeError: a value that is no text: other columns and subqueries hold ciphertext, or none at all.
    """
    texts = list(values)
    if not all(isinstance(text, str) for text in texts):
        msg = "a sealed column is compared with text only"
        raise TypeError(msg)
    digests = [digest for text in texts if text for digest in crypto.lookup_digests(text)]
    by_digest = f"(split_part({lhs}, '.', 3) = any(%s) and {lhs} <> '')"
    if "" in texts:
        return f"({by_digest} or {lhs} = '')", (digests,)
    return by_digest, (digests,)


class _ExactByDigest(_Exact):
    """`column = text`."""

    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return the comparison of digests."""
        lhs, params = self.process_lhs(compiler, connection)
        sql, values = _compared(lhs, [self.rhs])
        return sql, (*params, *values)


class _InByDigest(_In):
    """`column in (texts)`."""

    prepare_rhs = False

    def get_prep_lookup(self) -> Any:
        """Return the values as they are; they are turned into digests, not into column values."""
        return list(self.rhs)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return the comparison of digests."""
        lhs, params = self.process_lhs(compiler, connection)
        sql, values = _compared(lhs, self.rhs)
        return sql, (*params, *values)


_BY_DIGEST: dict[str, Any] = {"exact": _ExactByDigest, "in": _InByDigest}


class SealedPartsField(models.JSONField):
    """JSON some of whose values are sealed: text, and lists of texts, under the named keys, however deep they lie.

    Readers and writers see plain text; a digest over the content is the same before and after sealing.
    """

    def __init__(self, *args: Any, parts: Iterable[str], **kwargs: Any) -> None:
        """Take the keys whose text is sealed."""
        self.parts = frozenset(parts)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Return what migrations write, the keys included: other keys mean that rows must be written again."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "parts": sorted(self.parts)}

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:  # noqa: FBT001, FBT002  (as Django calls it)
        """Seal the named parts of what is written."""
        if isinstance(value, dict | list):
            value = self._walked(value, lambda text: crypto.encrypt(text) if text else text)
        return super().get_db_prep_value(value, connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Open the named parts of what was read (rows from before they were sealed hold plain text)."""
        read = super().from_db_value(value, expression, connection)
        return self._walked(read, lambda text: crypto.decrypt(text) if is_sealed(text) else text)

    def _walked(self, value: Any, change: Callable[[str], str]) -> Any:
        if isinstance(value, dict):
            return {
                key: self._texts(part, change) if key in self.parts else self._walked(part, change)
                for key, part in value.items()
            }
        return [self._walked(part, change) for part in value] if isinstance(value, list) else value

    def _texts(self, value: Any, change: Callable[[str], str]) -> Any:
        if isinstance(value, list):
            return [change(part) if isinstance(part, str) else self._walked(part, change) for part in value]
        return change(value) if isinstance(value, str) else self._walked(value, change)
