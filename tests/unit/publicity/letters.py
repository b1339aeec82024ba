"""A letter as small as a PDF can be, for tests of objections."""

from __future__ import annotations

LETTER = b"".join(
    (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n",
        b"2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n",
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n",
        b"trailer<</Root 1 0 R>>\n%%EOF\n",
    )
)
