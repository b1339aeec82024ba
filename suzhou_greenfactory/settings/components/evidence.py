"""Evidence: where page images are kept, how much room they may take, and the optional helpers of a server."""

from __future__ import annotations

from typing import Any

from suzhou_greenfactory.settings import env

_FONTS = env.ROOT / "apps" / "documents" / "assets" / "fonts"

EVIDENCE: dict[str, Any] = {
    # Page images without watermark, made again at any time: not part of a backup.
    "GF_PAGE_CACHE_DIR": env.state_dir() / "pages",
    "GF_PAGE_CACHE_MB": int(env.text("GF_PAGE_CACHE_MB", "1024")),
    # Processes that may draw pages at the same time on this machine.
    "GF_PAGE_RENDERERS": 2,
    # Fonts of the watermark, the first that has a character draws it.
    "GF_WATERMARK_FONTS": [
        _FONTS / f"{name}.woff2" for name in ("gf-hei", "gf-song", "gf-song-ext", "gf-rare")
    ],
    # LibreOffice's program (`soffice`); empty: looked for on the path; "off": Office files are downloaded.
    "GF_OFFICE_CONVERTER": env.text("GF_OFFICE_CONVERTER", ""),
    # Address of ClamAV's daemon: unix:/run/clamav/clamd.ctl or tcp:host:3310; empty: no virus scanner.
    "GF_CLAMD": env.text("GF_CLAMD", ""),
}
