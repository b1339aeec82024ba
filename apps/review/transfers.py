"""What goes along when an application is handed over to another district (R-13)."""

from __future__ import annotations

from apps.applications.services import TRANSFER_HOOKS
from apps.review.services.holding import follow_transfer

TRANSFER_HOOKS.append(follow_transfer)
