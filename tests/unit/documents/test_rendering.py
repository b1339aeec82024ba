"""What the product itself writes can be drawn: formulas, units, names of metrics and industries."""

from __future__ import annotations

from pathlib import Path

import pytest

from apps.documents.rendering import fonts
from apps.documents.rendering.page import lowered

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"
SOURCES = sorted(path for kind in ("*.yaml", "*.csv") for path in FIXTURES.rglob(kind))


def test_lowered_digits_are_set_in_the_text_only() -> None:
    page = '<title>CO₂</title><meta content="CO₂"><p>97 tCO₂/t，C₁₂H₂₂</p>'
    assert lowered(page) == (
        '<title>CO₂</title><meta content="CO₂"><p>97 tCO<sub>2</sub>/t，C<sub>12</sub>H<sub>22</sub></p>'
    )


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_every_character_of_the_reference_data_can_be_drawn(path: Path) -> None:
    assert fonts.read(lowered(f"<p>{path.read_text(encoding='utf-8')}</p>")).missing == {}
