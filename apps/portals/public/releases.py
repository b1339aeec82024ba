"""What the look of the public pages depends on besides their content: templates and the site's particulars."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.templatetags.static import static

from apps.portals.base.context import SITE

_FOLDERS = ("public", "base", "cotton")


@cache
def look() -> str:
    """Return a text that is the same in every process of one release and another after a change of templates.

    Read once a process: the templates that public pages are made of, the style sheet's hashed name and the site's
    particulars. Copies in caches from before a release are then asked for again.
    """
    digest = hashlib.sha256()
    for folder in _FOLDERS:
        for path in sorted((Path(settings.BASE_DIR) / "templates" / folder).rglob("*.html")):
            digest.update(path.read_bytes())
    digest.update(static("css/public.css").encode())
    digest.update(repr(sorted(SITE.items())).encode())
    return digest.hexdigest()[:16]
