"""Celery: delivery only. Every due thing is a row in PostgreSQL, swept by short periodic tasks (SECURITY 7)."""

from __future__ import annotations

from typing import Any

from suzhou_greenfactory.settings import env


def _broker_url(url: str) -> str:
    return url.replace("unix://", "redis+socket://", 1) if url.startswith("unix://") else url


def _every(seconds: int, task: str) -> dict[str, Any]:
    return {"task": task, "schedule": float(seconds), "options": {"expires": seconds}}


CELERY: dict[str, Any] = {
    "CELERY_BROKER_URL": _broker_url(env.text("REDIS_URL", "redis://127.0.0.1:6379/0")),
    "CELERY_TASK_ACKS_LATE": True,
    "CELERY_TASK_REJECT_ON_WORKER_LOST": True,
    "CELERY_TASK_IGNORE_RESULT": True,
    "CELERY_WORKER_PREFETCH_MULTIPLIER": 1,
    "CELERY_TASK_SERIALIZER": "json",
    "CELERY_ACCEPT_CONTENT": ["json"],
    "CELERY_TASK_TIME_LIMIT": 300,
    "CELERY_TASK_SOFT_TIME_LIMIT": 270,
    "CELERY_TIMEZONE": "Asia/Shanghai",
    "CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP": True,
    "CELERY_BROKER_CONNECTION_MAX_RETRIES": None,
    # A dead broker must cost a request two seconds at most, never hang it (measured: 40 s without).
    "CELERY_BROKER_TRANSPORT_OPTIONS": {
        "visibility_timeout": 600,
        "unacked_restore_interval": 3,
        "unacked_restore_throttle": 1,
        "socket_timeout": 2,
        "socket_connect_timeout": 2,
        "max_retries": 1,
    },
    # A tick nobody took before the next one is worth nothing: workers that come back do not work off a pile of them.
    "CELERY_BEAT_SCHEDULE": {
        "deliver-outbox": _every(15, "apps.notifications.tasks.deliver_outbox"),
        "sweep-deadlines": _every(60, "apps.deadlines.tasks.sweep"),
        "run-jobs": _every(10, "apps.jobs.tasks.run_due_jobs"),
        "beat-heartbeat": _every(30, "apps.jobs.tasks.heartbeat"),
        "sweep-sign-ins": _every(3600, "apps.parameters.tasks.sweep_sign_ins"),
        "disable-dormant-accounts": _every(3600, "apps.parameters.tasks.disable_dormant_accounts"),
        "raise-alerts": _every(300, "apps.parameters.tasks.raise_alerts"),
        "verify-audit-chain": _every(86400, "apps.parameters.tasks.verify_audit_chain"),
        "close-due-notices": _every(300, "apps.publicity.tasks.close_due_notices"),
        "sweep-imports": _every(60, "apps.documents.tasks.sweep_imports"),
        "scan-waiting-evidence": _every(60, "apps.evidence.tasks.scan_waiting"),
        "tidy-evidence": _every(3600, "apps.evidence.tasks.tidy"),
        "recheck-conflicts": _every(3600, "apps.review.tasks.recheck_conflicts"),
        "open-annual-forms": _every(3600, "apps.monitoring.tasks.open_annual_forms"),
        "watch-recheck-cycles": _every(3600, "apps.monitoring.tasks.watch_recheck_cycles"),
        "render-missing-papers": _every(60, "apps.documents.tasks.render_missing"),
    },
}
