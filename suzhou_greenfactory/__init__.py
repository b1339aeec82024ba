"""Wiring of the platform: settings, URLs, Celery. Decides nothing (no rule lives here).

The Celery application is imported lazily: the bootstrap imports this package before any dependency exists.
"""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    """Return the Celery application for `celery -A suzhou_greenfactory` (PEP 562)."""
    if name == "celery_app":
        from suzhou_greenfactory.celery import app

        return app
    raise AttributeError(name)
