"""Use-cases of the outbox: put a message in, read it, deliver it by mail."""

from apps.notifications.services.delivery import Delivered, deliver
from apps.notifications.services.outbox import Note, enqueue, enqueue_all
from apps.notifications.services.reading import mark_all_read, mark_read, set_mail_preference
from apps.notifications.services.resending import resend

__all__ = [
    "Delivered",
    "Note",
    "deliver",
    "enqueue",
    "enqueue_all",
    "mark_all_read",
    "mark_read",
    "resend",
    "set_mail_preference",
]
