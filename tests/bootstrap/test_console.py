"""What the set-up commands print: private addresses stay private, columns line up, errors help."""

from __future__ import annotations

from pathlib import Path

import pytest

from suzhou_greenfactory.bootstrap.console import Console, SetUpError, last_lines, table, width, without_hosts


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("error: https://user:pw@mirror.example:8443/simple/django/", "error: https://…/simple/django/"),
        ("fetch http://10.0.0.1 and ftp://b.example/x", "fetch http://… and ftp://…/x"),
        ("index file:///srv/simple", "index file:///srv/simple"),
        ("no address here: a/b", "no address here: a/b"),
    ],
)
def test_hosts_and_credentials_of_mirrors_are_never_shown(text: str, shown: str) -> None:
    assert without_hosts(text) == shown


def test_a_chinese_character_takes_two_columns() -> None:
    assert width("市级a") == 5
    assert table([("身份", "账号"), ("a", "b")]) == ["身份  账号", "a     b"]


def test_the_end_of_a_log_is_shown_without_hosts(tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    log.write_text(
        "".join(f"line {n}\n" for n in range(50)) + "see https://mirror.example/p\n", encoding="utf-8"
    )
    assert last_lines(log, 2) == ["line 49", "see https://…/p"]
    assert last_lines(tmp_path / "absent") == []


def test_an_error_says_what_failed_what_to_do_and_shows_the_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "postgres.log"
    log.write_text("FATAL: no space left\n", encoding="utf-8")
    Console().error(SetUpError("数据库没有启动。", "请腾出磁盘空间。", log=log))
    shown = capsys.readouterr().err
    assert "✗ 数据库没有启动。" in shown
    assert "请腾出磁盘空间。" in shown
    assert "FATAL: no space left" in shown


def test_a_step_shows_its_seconds_and_a_failed_one_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console()
    with console.step("启动"):
        pass
    with pytest.raises(ValueError, match="x"), console.step("停止"):
        raise ValueError("x")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("  启动 … 0.")
    assert "未完成" in lines[1]
    assert set(console.seconds) == {"启动", "停止"}
