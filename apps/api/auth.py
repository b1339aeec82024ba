"""Authentication of the API: the portal's session (CSRF enforced); the actor is built by the middleware."""

from __future__ import annotations

from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request


class PortalSessionAuthentication(SessionAuthentication):
    """Session authentication that answers 401 to the unknown."""

    def authenticate_header(self, request: Request) -> str:
        """Return the scheme named in `WWW-Authenticate`."""
        del request
        return "Session"
