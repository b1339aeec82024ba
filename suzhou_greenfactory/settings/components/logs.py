"""Structured logs: JSON lines with the request id; no secrets, no personal data; kept six months (SECURITY R55)."""

from __future__ import annotations

import logging
import os
import re
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import structlog
from django.core.exceptions import ImproperlyConfigured

#: Keys whose values never reach a log line.
SECRET_KEYS = frozenset(
    {"password", "password1", "password2", "code", "token", "phone", "email", "id_number"}
)
#: Days a log is kept unless the bureau wants longer, and the fewest allowed: the Cybersecurity Law asks for no
#: less than six months, and the longest six months have 184 days.
DEFAULT_DAYS: Final = 200
FEWEST_DAYS: Final = 184
#: Folder of the logs inside the state folder.
FOLDER: Final = "log"
#: Addresses that open something for whoever knows them: recovery, invitation, calendar subscription.
_SECRET_PATH = re.compile(
    r"(/(?:accounts/password/reset/key|accounts/confirm-email|join|calendar)/)[^/\s\"?]+"
)
_DATED = re.compile(r"^[a-z-]+-(\d{4}-\d{2}-\d{2})\.log$")
_SHANGHAI = ZoneInfo("Asia/Shanghai")


def days_kept(wanted: str) -> int:
    """Return for how many days logs are kept, from the text of `GF_LOG_DAYS`.

    Raises:
        ImproperlyConfigured: it is no whole number, or less than six months.
    """
    wanted = wanted.strip() or str(DEFAULT_DAYS)
    if not wanted.isdecimal() or int(wanted) < FEWEST_DAYS:
        msg = f"GF_LOG_DAYS 须为不小于 {FEWEST_DAYS} 的整数（网络日志留存不少于六个月），现为“{wanted}”。"
        raise ImproperlyConfigured(msg)
    return int(wanted)


class DailyLog(logging.Handler):
    """Appends lines to `<name>-<day>.log`, a new file each day of Shanghai, and removes files past their time.

    Not `TimedRotatingFileHandler`: several processes write the same log, and its renaming loses lines of all but
    one. Here nothing is renamed, and each line is one write to a file opened for appending.
    """

    def __init__(self, folder: Path, name: str, days: int) -> None:
        super().__init__()
        self.folder, self.stem, self.days = folder, name, days
        self._day: date | None = None
        self._descriptor = -1

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line; a disk that fails is reported on standard error and stops nobody."""
        try:
            line = f"{self.format(record)}\n".encode()
            os.write(
                self._open(datetime.fromtimestamp(record.created, UTC).astimezone(_SHANGHAI).date()), line
            )
        except (OSError, ValueError, TypeError):
            self.handleError(record)

    def close(self) -> None:
        """Give the file back."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor, self._day = -1, None
        super().close()

    def _open(self, day: date) -> int:
        if day != self._day:
            self.folder.mkdir(mode=0o750, parents=True, exist_ok=True)
            path = self.folder / f"{self.stem}-{day.isoformat()}.log"
            fresh = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
            if self._descriptor >= 0:
                os.close(self._descriptor)
            self._descriptor, self._day = fresh, day
            remove_old(self.folder, today=day, days=self.days)
        return self._descriptor


def remove_old(folder: Path, *, today: date, days: int) -> list[str]:
    """Remove the dated logs of *folder* (the proxy's, too) older than *days* and return their names."""
    removed: list[str] = []
    for path in folder.glob("*.log"):
        found = _DATED.match(path.name)
        if found and date.fromisoformat(found[1]) < today - timedelta(days=days):
            with suppress(FileNotFoundError):  # another process was first
                path.unlink()
                removed.append(path.name)
    return sorted(removed)


def _redact(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    kept = {key: "[已隐去]" if key in SECRET_KEYS else value for key, value in event.items()}
    if isinstance(kept.get("event"), str):
        kept["event"] = _SECRET_PATH.sub(r"\1[已隐去]", kept["event"])
    return kept


def logging_config(
    level: str = "INFO", *, folder: Path | None = None, days: int = DEFAULT_DAYS
) -> dict[str, Any]:
    """Return Django's `LOGGING`: one JSON object a line on standard error and, with *folder*, in daily files.

    The web server's own lines come the same way: they carry the request id then, and no key of an address.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _redact,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handlers: dict[str, Any] = {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}}
    if folder is not None:
        handlers["file"] = {
            "()": DailyLog,
            "folder": folder,
            "name": "platform",
            "days": days,
            "formatter": "json",
        }
    through_root = {"handlers": [], "propagate": True, "level": "INFO"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processor": structlog.processors.JSONRenderer(ensure_ascii=False),
                "foreign_pre_chain": shared,
            }
        },
        "handlers": handlers,
        "root": {"handlers": list(handlers), "level": level},
        "loggers": {
            "django.server": {"level": "WARNING"},
            "fontTools": {"level": "WARNING"},
            "gunicorn.error": through_root,
            "gunicorn.access": through_root,
            # Every tick of every few seconds: heartbeats and the rows themselves say that they run.
            "celery.beat": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
        },
    }
