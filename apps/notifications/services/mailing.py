"""The mail gateway of one run, and handing one mail to it."""

from __future__ import annotations

from smtplib import (
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

import structlog
from django.conf import settings
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend

from apps.notifications.services.leasing import Item, Part
from apps.notifications.states import FAILED, SENT, UNKNOWN, WAITING

_log = structlog.get_logger(__name__)
_PERMANENT = 500
_FOOT = "本邮件由系统自动发出，请勿回复。"


class MailGateway:
    """The connection of one run to the mail gateway; opened when first needed and after every fault."""

    def __init__(self) -> None:
        self._connection: BaseEmailBackend | None = None

    def open(self) -> BaseEmailBackend:
        """Return an open connection.

        Raises:
            OSError: the gateway cannot be reached (smtplib's errors are OSErrors, too).
        """
        if self._connection is None:
            fresh: BaseEmailBackend = mail.get_connection()
            fresh.open()
            self._connection = fresh
        return self._connection

    def close(self) -> None:
        """Close the connection, if there is one."""
        opened, self._connection = self._connection, None
        if opened is None:
            return
        try:
            opened.close()
        except OSError as error:
            _log.warning("mail_gateway_close", error=str(error)[:200])

    def send(self, item: Item) -> tuple[str, str]:
        """Hand one mail to the open gateway; return the new state and the error.

        An answer of the gateway is certain: 5xx is final, 4xx may be tried again. A connection that breaks or times
        out in the middle is not: the mail may have been taken, so it is never sent again.
        """
        message = mail.EmailMessage(
            subject=_subject(item),
            body=_body(item),
            to=[item.address],
            headers={"X-Message-Key": item.parts[0].key, "Auto-Submitted": "auto-generated"},
            connection=self._connection,
        )
        try:
            message.send()
        except SMTPSenderRefused as error:  # our own set-up is at fault, not the address
            return WAITING, f"{error.smtp_code} {error.smtp_error!r}"
        except SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            return (FAILED if all(code >= _PERMANENT for code in codes) else WAITING), str(error.recipients)
        except SMTPResponseException as error:
            return (
                FAILED if error.smtp_code >= _PERMANENT else WAITING
            ), f"{error.smtp_code} {error.smtp_error!r}"
        except (SMTPServerDisconnected, TimeoutError, ConnectionError) as error:
            return UNKNOWN, f"{type(error).__name__}: {error}"
        except (OSError, ValueError) as error:  # a full disk; an address or title that no header can carry
            return (WAITING if isinstance(error, OSError) else FAILED), f"{type(error).__name__}: {error}"
        return SENT, ""


def _subject(item: Item) -> str:
    first, count = item.parts[0].title, len(item.parts)
    return first if count == 1 else f"{count}条消息：{first}等"


def _body(item: Item) -> str:
    if len(item.parts) == 1:
        return f"{_text(item.parts[0])}\n\n{_FOOT}"
    parts = [f"{at}. {part.title}\n{_text(part)}" for at, part in enumerate(item.parts, start=1)]
    return "\n\n".join([*parts, _FOOT])


def _text(part: Part) -> str:
    lines = [part.body, part.note, f"办理链接：{settings.PUBLIC_URL}{part.link}", f"收到原因：{part.why}"]
    return "\n".join(line for line in lines if line)
