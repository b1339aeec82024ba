"""What is checked before the site may serve anybody: shipped production settings, the scanner's address."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from suzhou_greenfactory.checks import virus_scanner_is_reachable_by_its_address

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("address", "fine"),
    [
        ("", True),
        ("unix:/run/clamav/clamd.ctl", True),
        ("tcp:scanner:3310", True),
        ("tcp:[::1]:3310", True),
        ("scanner:3310", False),
        ("tcp:scanner", False),
        ("tcp:scanner:port", False),
        ("unix:clamd.ctl", False),
        ("http://scanner:3310", False),
    ],
)
def test_the_scanners_address(settings: Any, address: str, *, fine: bool) -> None:
    settings.GF_CLAMD = address
    assert [message.id for message in virus_scanner_is_reachable_by_its_address()] == (
        [] if fine else ["gf.E002"]
    )


def test_check_deploy_is_clean_with_the_shipped_production_settings(tmp_path: Path) -> None:
    """In a process of its own: settings are read once per process."""
    environment = {
        **{
            name: value
            for name, value in os.environ.items()
            if not name.startswith("GF_") or name == "GF_PG_BIN"
        },
        "DJANGO_SETTINGS_MODULE": "suzhou_greenfactory.settings.production",
        "GF_SECRET_KEY": "s3cret-" * 9,
        "GF_ALLOWED_HOSTS": "green.example.gov.cn",
        "GF_PUBLIC_URL": "https://green.example.gov.cn",
        "GF_STATE_DIR": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "django", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout
