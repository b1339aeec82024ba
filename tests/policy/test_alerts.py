"""R-44: an alert is raised from the threshold on, and what is always serious needs no count."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from apps.policy.alerts import AlertKind, Observed, Tally, Thresholds, alerts

LIMITS = Thresholds(failed_sign_ins=10, refused=5, exported_rows=2000)
pytestmark = pytest.mark.rule("R-44")


@pytest.mark.parametrize(
    ("observed_at", "kind"),
    [
        (lambda n: Observed(failed_sign_ins=[Tally("甲", 10 + n)]), AlertKind.SIGN_IN),
        (lambda n: Observed(refused=[Tally("甲", 5 + n)]), AlertKind.REFUSED),
        (lambda n: Observed(exported=[Tally("甲", 2000 + n)]), AlertKind.EXPORT),
        (lambda n: Observed(failed_backups=1 + n), AlertKind.BACKUP),
    ],
)
def test_counts_alert_when_they_reach_the_threshold(
    observed_at: Callable[[int], Observed], kind: AlertKind
) -> None:
    assert alerts(observed_at(-1), LIMITS) == ()
    (found,) = alerts(observed_at(0), LIMITS)
    assert found.kind is kind


def test_a_broken_chain_silence_and_a_virus_always_alert() -> None:
    found = alerts(Observed(chain=["第 2 节缺失", "第 3 节"], silent=["定时调度"], viruses=["a.pdf"]), LIMITS)
    assert [(row.kind, row.text) for row in found] == [
        (AlertKind.CHAIN, "审计链核对发现问题（共2处）：第 2 节缺失"),
        (AlertKind.SILENT, "定时调度无响应"),
        (AlertKind.VIRUS, "文件“a.pdf”检出病毒，已隔离"),
    ]
