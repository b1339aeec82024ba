"""QR codes that lead from paper to the verification page, as images that need no file."""

from __future__ import annotations

import segno


def qr_data_uri(url: str) -> str:
    """The QR code of an address as a `data:` SVG (error correction M, quiet zone of two modules)."""
    return str(segno.make(url, error="m", boost_error=False, micro=False).svg_data_uri(scale=4, border=2))
