"""Use-cases of monitoring, in the order of the work."""

from apps.monitoring.services.cancellation import (
    ask_for_decision,
    decide_cancellation,
    propose_cancellation,
    state_defence,
)
from apps.monitoring.services.rechecks import (
    Finding,
    RecheckResult,
    plan_recheck,
    record_recheck,
    return_recheck,
    sign_recheck,
)
from apps.monitoring.services.rectification import (
    answer_items,
    serve_rectification,
    submit_rectification,
    verify_rectification,
)

__all__ = [
    "Finding",
    "RecheckResult",
    "answer_items",
    "ask_for_decision",
    "decide_cancellation",
    "plan_recheck",
    "propose_cancellation",
    "record_recheck",
    "return_recheck",
    "serve_rectification",
    "sign_recheck",
    "state_defence",
    "submit_rectification",
    "verify_rectification",
]
