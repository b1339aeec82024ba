"""Owns the addressed message: what is wrong with imported data, and where."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """`path` is the place ("dimensions[0].items[2].max_points"); `message` says what is wrong."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}：{self.message}" if self.path else self.message
