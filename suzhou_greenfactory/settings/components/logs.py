"""Structured logs: JSON lines with the request id; no personal data (SECURITY R55)."""

from __future__ import annotations

from typing import Any

import structlog

#: Keys whose values never reach a log line.
SECRET_KEYS = frozenset(
    {"password", "password1", "password2", "code", "token", "phone", "email", "id_number"}
)


def _redact(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    return {key: "[已隐去]" if key in SECRET_KEYS else value for key, value in event.items()}


def logging_config(level: str = "INFO") -> dict[str, Any]:
    """Return Django's `LOGGING`: one JSON object a line on standard error."""
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
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {"django.server": {"level": "WARNING"}, "fontTools": {"level": "WARNING"}},
    }
