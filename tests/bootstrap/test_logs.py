"""Logs: a file a day, shared by processes, kept six months, without secrets (SECURITY R55, 网络安全法)."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from suzhou_greenfactory.settings.components import logs
from suzhou_greenfactory.settings.components.logs import DailyLog, days_kept, logging_config, remove_old

#: 2026-11-23 23:59:59 and a second later in Shanghai.
BEFORE_MIDNIGHT = datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC)
AFTER_MIDNIGHT = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


def line(text: str, at: datetime) -> logging.LogRecord:
    record = logging.LogRecord("apps.test", logging.INFO, __file__, 1, text, None, None)
    record.created = at.timestamp()
    return record


@pytest.fixture
def handler(tmp_path: Path) -> Iterator[DailyLog]:
    made = DailyLog(tmp_path / "log", "platform", logs.DEFAULT_DAYS)
    yield made
    made.close()


def test_six_months_are_the_least() -> None:
    longest_half_year = max(
        (date(2026 + (m > 6), (m + 5) % 12 + 1, 1) - date(2026, m, 1)).days for m in range(1, 13)
    )
    assert longest_half_year == logs.FEWEST_DAYS <= logs.DEFAULT_DAYS
    assert days_kept(str(logs.FEWEST_DAYS)) == logs.FEWEST_DAYS
    assert days_kept("") == logs.DEFAULT_DAYS
    for refused in (str(logs.FEWEST_DAYS - 1), "0", "-200", "半年", "200.5"):
        with pytest.raises(ImproperlyConfigured, match="六个月"):
            days_kept(refused)


def test_a_new_day_is_a_new_file(handler: DailyLog) -> None:
    handler.emit(line("旧的一天", BEFORE_MIDNIGHT))
    handler.emit(line("新的一天", AFTER_MIDNIGHT))
    written = {path.name: path.read_text(encoding="utf-8") for path in handler.folder.iterdir()}
    assert written == {
        "platform-2026-11-23.log": "旧的一天\n",
        "platform-2026-11-24.log": "新的一天\n",
    }


def test_two_processes_lose_no_line_at_midnight(handler: DailyLog) -> None:
    other = DailyLog(handler.folder, "platform", logs.DEFAULT_DAYS)
    for number in range(20):
        at = BEFORE_MIDNIGHT if number < 10 else AFTER_MIDNIGHT
        (handler if number % 2 else other).emit(line(f"{number}", at))
    other.close()
    kept = [
        row for path in sorted(handler.folder.iterdir()) for row in path.read_text(encoding="utf-8").split()
    ]
    assert kept == [str(number) for number in range(20)]


def test_only_what_is_past_its_time_is_removed(tmp_path: Path) -> None:
    today = date(2026, 11, 23)
    names = (
        "platform-2026-05-07.log",
        "access-2026-05-06.log",
        "platform-2026-05-06.log",
        "web.log",
        "x-2026.log",
    )
    for name in names:
        (tmp_path / name).touch()
    assert remove_old(tmp_path, today=today, days=200) == ["access-2026-05-06.log", "platform-2026-05-06.log"]
    assert {path.name for path in tmp_path.iterdir()} == {"platform-2026-05-07.log", "web.log", "x-2026.log"}


def test_the_handler_removes_old_files_itself(handler: DailyLog) -> None:
    handler.folder.mkdir()
    (handler.folder / "access-2026-01-01.log").touch()
    handler.emit(line("今天", AFTER_MIDNIGHT))
    assert [path.name for path in handler.folder.iterdir()] == ["platform-2026-11-24.log"]


def test_a_folder_that_cannot_be_written_stops_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "log").write_text("a file in the way", encoding="utf-8")
    DailyLog(tmp_path / "log", "platform", logs.DEFAULT_DAYS).emit(line("今天", AFTER_MIDNIGHT))
    assert "FileExistsError" in capsys.readouterr().err


@pytest.mark.parametrize(
    "address",
    [
        "/accounts/password/reset/key/1a-c7kx-0f9e/",
        "/accounts/confirm-email/MTM:1uX/",
        "/join/s3cr3t/",
        "/calendar/s3cr3t/deadlines.ics",
    ],
)
def test_keys_in_addresses_are_not_written(address: str) -> None:
    """The line of the web server, through the formatter that the settings name."""
    settings = logging_config()["formatters"]["json"]
    formatter = settings["()"](
        processor=settings["processor"], foreign_pre_chain=settings["foreign_pre_chain"]
    )
    written = json.loads(formatter.format(line(f'"GET {address}" 200\r\nforged', BEFORE_MIDNIGHT)))
    assert "[已隐去]" in written["event"]
    assert not any(secret in written["event"] for secret in ("c7kx", "MTM:1uX", "s3cr3t"))


def test_one_line_stays_one_line() -> None:
    settings = logging_config()["formatters"]["json"]
    formatter = settings["()"](
        processor=settings["processor"], foreign_pre_chain=settings["foreign_pre_chain"]
    )
    assert "\n" not in formatter.format(line('名称\r\n{"level": "forged"}\x1b[2J', BEFORE_MIDNIGHT))


def test_all_lines_go_where_they_are_kept(tmp_path: Path) -> None:
    """Root, the web server and Celery: nothing has a handler of its own that would bypass the file."""
    chosen = logging_config(folder=tmp_path, days=logs.FEWEST_DAYS)
    assert chosen["root"]["handlers"] == ["stderr", "file"]
    assert chosen["handlers"]["file"]["days"] == logs.FEWEST_DAYS
    for name, logger in chosen["loggers"].items():
        assert logger.get("propagate", True) is True, name
        assert not logger.get("handlers"), name
