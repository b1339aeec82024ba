"""How often one address may do something without signing in (SECURITY R43): counted in the shared cache."""

from __future__ import annotations

from django.core.cache import cache


def too_often(name: str, address: str, *, most: int, seconds: int) -> bool:
    """Count one more use of *name* from *address*; return whether that is more than *most* within *seconds*.

    The page and the interface of one form share its name, so that nobody gets around the limit by the other door.
    """
    key = f"public:{name}:{address}"
    cache.add(key, 0, seconds)
    try:
        return int(cache.incr(key)) > most
    except ValueError:
        # The window ended between the two calls: this is the first of the next one.
        cache.set(key, 1, seconds)
        return False
