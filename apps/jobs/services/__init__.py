"""Use-cases of long work: start, cancel, run, sweep; and the heartbeat."""

from apps.jobs.services.lifecycle import cancel_job, start_job
from apps.jobs.services.retrying import retry_job
from apps.jobs.services.running import run_due, run_job
from apps.jobs.services.upkeep import beat, expire_lost_results, sweep_results

__all__ = [
    "beat",
    "cancel_job",
    "expire_lost_results",
    "retry_job",
    "run_due",
    "run_job",
    "start_job",
    "sweep_results",
]
