"""Generated pages are committed and fresh."""

from __future__ import annotations

import pytest

from suzhou_greenfactory.generated import PAGES, path_of


@pytest.mark.parametrize("page", sorted(PAGES))
def test_page_is_fresh(page: str) -> None:
    assert path_of(page).read_text(encoding="utf-8") == PAGES[page](), "运行 manage.py generate_docs"
