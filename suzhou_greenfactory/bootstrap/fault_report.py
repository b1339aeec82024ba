"""A plugin of pytest: one line for each test that was run, into the file the caller names (`manage.py faults`)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

#: Variable that names the file.
REPORT = "GF_FAULT_REPORT"
#: Variable that names the file with the process of the caller's own database server, which may be stopped: it is
#: started again.
SCRATCH = "GF_SCRATCH_POSTGRES"


def pytest_runtest_logreport(report: Any) -> None:
    """Write node, outcome and seconds of a test that was called, or that could not be set up."""
    if report.when == "call" or report.outcome != "passed":
        with Path(os.environ[REPORT]).open("a", encoding="utf-8") as target:
            target.write(f"{report.nodeid}\t{report.outcome}\t{report.duration:.3f}\n")
