"""The addresses below a scoring desk, the same for districts and experts: save all, adopt, one item, sums, a mark."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.core.actor import Role
from apps.core.audience import audience
from apps.portals.base.desk_pages import DeskPages


def routes(role: Role, prefix: str, pages: DeskPages) -> list[URLPattern]:
    """Return the addresses below one kind of desk; the desk's own page is the portal's.

    Args:
        role: who sits there; which case is theirs is asked again for every request.
        prefix: path of a desk with `<str:public_id>`, ending in "/".
        pages: what the portal's desk does.
    """

    @audience(role)
    @require_POST
    def save_all(request: HttpRequest, public_id: str) -> HttpResponseBase:
        """Save the whole table."""
        return pages.save_all(request, public_id)

    @audience(role)
    @require_POST
    def adopt(request: HttpRequest, public_id: str) -> HttpResponseBase:
        """Take over the points one starts from for the items not scored yet."""
        return pages.adopt(request, public_id)

    @audience(role)
    @require_http_methods(["GET", "POST"])
    def item(request: HttpRequest, public_id: str, code: str) -> HttpResponseBase:
        """Show or save one item."""
        return pages.item(request, public_id, code)

    @audience(role)
    @require_GET
    def sums(request: HttpRequest, public_id: str) -> HttpResponseBase:
        """Return the totals of the desk for its script."""
        return pages.sums(request, public_id)

    @audience(role)
    @require_POST
    def mark(request: HttpRequest, public_id: str, use: str) -> HttpResponseBase:
        """Mark a file as checked."""
        return pages.mark(request, public_id, use)

    return [
        path(f"{prefix}save/", save_all, name="desk_save"),
        path(f"{prefix}adopt/", adopt, name="desk_adopt"),
        path(f"{prefix}items/<str:code>/", item, name="desk_item"),
        path(f"{prefix}sums/", sums, name="desk_sums"),
        path(f"{prefix}marks/<str:use>/", mark, name="desk_mark"),
    ]
