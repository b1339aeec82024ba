"""What may break in operation: each fault, what follows from it, and the tests that make it happen.

The one list behind `manage.py faults` (which runs the tests on services of its own) and docs/operations/faults.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_MAILS: Final = "tests/unit/notifications/test_delivery.py::"
_OUTBOX: Final = "tests/unit/notifications/test_outbox.py::"
_SMS: Final = "tests/unit/notifications/test_digests_and_sms.py::"
_SWEEP: Final = "tests/unit/deadlines/test_sweep.py::"
_CALENDAR: Final = "tests/unit/deadlines/test_calendar.py::"
_SITE: Final = "tests/unit/monitoring/test_checklist.py::"
_REAL: Final = "tests/operations/test_faults.py::"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault, what it leads to, and the tests (pytest node ids) that exercise it."""

    title: str
    outcome: str
    tests: tuple[str, ...]


FAULTS: Final[tuple[Fault, ...]] = (
    Fault(
        "后台进程在发信前被终止",
        "租约两分钟后由下一个进程接手",
        (f"{_MAILS}test_a_worker_that_died_before_the_window_loses_its_rows",),
    ),
    Fault(
        "后台进程在发信中被终止（真实进程，SIGKILL）",
        "网关可能已收下的那一封标为“结果不明”，不重发；其余由下一个进程发出",
        (f"{_REAL}test_a_worker_killed_while_sending_loses_and_doubles_nothing",),
    ),
    Fault("后台进程在发信后被终止", "已记录的不再发", (f"{_MAILS}test_a_second_run_sends_nothing",)),
    Fault(
        "后台进程在逾期后续处理中被终止",
        "处理与记录同在一个事务，租约到期后重做一次",
        (f"{_SWEEP}test_a_follow_up_whose_process_died_is_taken_over",),
    ),
    Fault(
        "长任务的进程被终止",
        "租约到期后由下一个进程重做",
        ("tests/unit/jobs/test_jobs.py::test_kill_minus_nine_and_the_next_worker_finishes",),
    ),
    Fault(
        "消息代理拒绝连接",
        "网页照常，定时清扫补办；三十秒内不再尝试",
        (f"{_OUTBOX}test_after_a_failure_the_broker_is_left_alone_for_a_while",),
    ),
    Fault("消息代理无应答", "网页不等待", (f"{_OUTBOX}test_a_dead_broker_costs_the_request_nothing",)),
    Fault(
        "消息代理丢失全部消息",
        "消息代理中没有数据，定时清扫以数据库的行为准，各发一次",
        (f"{_REAL}test_a_broker_that_loses_everything_delays_and_loses_nothing",),
    ),
    Fault(
        "两个定时器同时运行",
        "表单只生成一份，提醒只发一次，每件事只处理一次",
        (
            f"{_REAL}test_two_beats_open_one_form_and_remind_once",
            f"{_SWEEP}test_four_sweepers_at_once_do_everything_once",
        ),
    ),
    Fault(
        "定时器停一天或数天",
        "恢复后只发最近一次提醒，注明补发",
        (f"{_SWEEP}test_after_an_outage_one_message_marked_late",),
    ),
    Fault(
        "数据库连接在处理中断开（重启、切换）",
        "已提交的有效，未提交的由下一次清扫完成，各一次",
        (f"{_REAL}test_a_database_restart_while_sending_and_sweeping",),
    ),
    Fault(
        "数据库服务器在发信和清扫中崩溃后重新启动（真实停止，只停本命令自己的数据库）",
        "启动后继续；手中那一封可能标为“结果不明”，不重发，其余各一次",
        (f"{_REAL}test_the_database_server_itself_goes_down_and_comes_back",),
    ),
    Fault(
        "后台进程或定时器的时钟快或慢三天",
        "以数据库时钟为准，不受影响",
        (f"{_REAL}test_the_clock_of_a_worker_or_of_beat_decides_nothing",),
    ),
    Fault(
        "数据库时钟拨快后拨回", "已发的不重发", (f"{_SWEEP}test_a_clock_that_goes_back_sends_nothing_twice",)
    ),
    Fault(
        "工作日历缺下一年",
        "跨年的期限标为暂定，录入后重算并通知；每周提醒录入",
        (
            f"{_CALENDAR}test_when_a_year_goes_missing_nothing_crashes",
            f"{_CALENDAR}test_what_is_counted_over_an_unknown_year_is_provisional_and_settled_later",
        ),
    ),
    Fault(
        "邮件网关一百封中拒收一封",
        "其余九十九封照常送出，拒收的列入发送日志，可由系统管理员重新发送",
        (f"{_REAL}test_one_mail_of_a_hundred_is_refused",),
    ),
    Fault(
        "邮件网关不可达",
        "不计次数，两分钟后再试",
        (f"{_MAILS}test_a_gateway_that_is_down_costs_no_attempt",),
    ),
    Fault(
        "短信运营商拒收、繁忙或无应答",
        "拒收的列入发送日志，繁忙的稍后再试，无应答的标为“结果不明”，不重发",
        (f"{_SMS}test_what_an_operator_may_answer",),
    ),
    Fault(
        "现场断网、重复上传",
        "同样的内容只记一次；别人已改过的不覆盖，两份并列请人选择",
        (
            f"{_SITE}test_the_same_entry_sent_twice_is_one_and_an_older_one_overwrites_nothing",
            f"{_SITE}test_a_photo_sent_twice_is_kept_once",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one fault ended: how many tests of it passed and did not, and their seconds."""

    fault: Fault
    passed: int
    failed: int
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether every test of it was run and passed."""
        return self.failed == 0 and self.passed >= len(self.fault.tests)

    @property
    def label(self) -> str:
        """The word of the table."""
        if self.ok:
            return "无丢失，无重复"
        return "未通过" if self.failed else "没有检验"


def verdicts(report: Path) -> list[Verdict]:
    """Return how every fault of the list ended, from the lines `fault_report` has written."""
    found: dict[str, list[tuple[str, float]]] = defaultdict(list)
    if report.is_file():
        for line in report.read_text(encoding="utf-8").splitlines():
            node, outcome, seconds = line.split("\t")
            found[node.partition("[")[0]].append((outcome, float(seconds)))
    return [_verdict(fault, found) for fault in FAULTS]


def _verdict(fault: Fault, found: Mapping[str, Sequence[tuple[str, float]]]) -> Verdict:
    runs = [run for test in fault.tests for run in found.get(test, ())]
    missing = sum(not found.get(test) for test in fault.tests)
    passed = sum(outcome == "passed" for outcome, _ in runs)
    return Verdict(fault, passed if not missing else 0, len(runs) - passed, sum(run for _, run in runs))


_INTRODUCTION: Final = (
    "到期的事都是数据库里的行：后台进程、消息代理、邮件网关出问题时，最多晚办，不会漏办或重办。"
    "下表每一种故障都有自动检验，随全部测试一起运行。单独演练（自备数据库和消息代理，逐项列出结果；"
    "有一项丢失或重复，退出码不为零）："
)


def faults_page() -> str:
    """Return docs/operations/faults.md."""
    lines = [
        "# 故障与检验",
        "",
        "由代码生成（`python3 manage.py generate_docs`），请勿手改。",
        "",
        _INTRODUCTION,
        "",
        "```",
        "python3 manage.py faults",
        "```",
        "",
        "| 故障 | 后果 | 检验 |",
        "|---|---|---|",
    ]
    for fault in FAULTS:
        tests = "、".join(f"`{test}`" for test in fault.tests)
        lines.append(f"| {fault.title} | {fault.outcome} | {tests} |")
    return "\n".join([*lines, ""])
