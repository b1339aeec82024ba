"""The set-up commands: `demo` (and its check), `test`, `faults` and `bench`."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from suzhou_greenfactory.bootstrap import memory, native
from suzhou_greenfactory.bootstrap.console import Console, Interrupted, SetUpError, table
from suzhou_greenfactory.bootstrap.environment import PYTHON, VENV
from suzhou_greenfactory.bootstrap.fault_report import REPORT, SCRATCH
from suzhou_greenfactory.bootstrap.faults import FAULTS, verdicts
from suzhou_greenfactory.bootstrap.stack import AlreadyRunning, Stack
from suzhou_greenfactory.bootstrap.state import ROOT, VAR, State, announce, throw_away
from suzhou_greenfactory.bootstrap.web import DEFAULT_PORT

NAMES: Final = ("demo", "test", "bench", "faults")
SERVICE_VARIABLES: Final = ("DATABASE_URL", "GF_DATABASE_OWNER_URL", "REDIS_URL")
#: Written into the environment file: what a plain management command needs to meet the same services.
SHARED_VARIABLES: Final = (
    *SERVICE_VARIABLES,
    "DJANGO_SETTINGS_MODULE",
    "GF_DEMO_PASSWORD",
    "GF_PUBLIC_URL",
    "GF_SECRET_KEY",
    "GF_STATE_DIR",
)
#: Each has a database and, for a while, a browser of its own.
MOST_TEST_PROCESSES: Final = 4
_IMPORT_CONTRACTS: Final = (
    "import sys; from importlinter.cli import lint_imports_command as run; sys.exit(run())"
)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the set-up commands."""
    main = argparse.ArgumentParser(prog="manage.py", description="一条命令完成全部准备。")
    commands = main.add_subparsers(dest="command", required=True)
    demo = commands.add_parser("demo", help="准备并启动演示系统；Ctrl-C 停止")
    demo.add_argument("--port", type=_port, default=DEFAULT_PORT, help="网站端口；被占用时用下一个空闲端口")
    demo.add_argument("--state", type=Path, default=VAR / "demo", help="状态文件夹（数据库、文件、日志）")
    demo.add_argument("--check", action="store_true", help="在临时文件夹中启动，走完主流程后退出")
    test = commands.add_parser("test", help="准备测试环境，然后运行检查和全部测试")
    test.add_argument("--fast", action="store_true", help="不运行浏览器测试")
    test.add_argument("--all", action="store_true", help="给出 pytest 参数时也运行各项检查")
    commands.add_parser("bench", help="测量启动、列表和计分的耗时").add_argument("arguments", nargs="*")
    commands.add_parser("faults", help="逐项演练运行故障，检查不丢失、不重复")
    return main


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number < 65536:
        raise argparse.ArgumentTypeError("端口应在 0 到 65535 之间")
    return number


def run(argv: Sequence[str]) -> int:
    """Run a set-up command and return its exit code (130 when interrupted before it was done)."""
    options, rest = parser().parse_known_args(argv)
    if rest and options.command == "demo":
        parser().error(f"不认识的参数：{' '.join(rest)}")
    console = Console()
    try:
        if options.command == "test":
            return _test(console, options, rest)
        if options.command == "faults":
            return _faults(console)
        if options.command == "bench":
            return _bench(console, [*options.arguments, *rest])
        return _check(console) if options.check else _demo(console, options)
    except SetUpError as error:
        console.error(error)
        return 1
    except Interrupted as interruption:
        console.say(f"已停止（信号 {interruption.signal_number}）。")
        return 130


# demo ------------------------------------------------------------------------------------------------------
def _start(stack: Stack, port: int) -> str:
    stack.lock()
    interpreter = stack.python("runtime")
    address = stack.reserve(port)
    stack.services(interpreter.packages)
    changed = stack.prepare(world=True)
    if changed:
        stack.state.note("logins", None)
    stack.serve()
    return address


def _demo(console: Console, options: argparse.Namespace) -> int:
    console.say("苏州市绿色工厂评价管理平台 · 演示系统")
    state = State(options.state)
    with Stack(state, console, "local") as stack:
        address = _start(stack, options.port)
        logins = state.noted("logins") or _logins(stack)
        state.note("logins", logins)
        state.note("serving", {"address": address})
        announce(
            {name: stack.environment[name] for name in SHARED_VARIABLES if name in stack.environment}, state
        )
        _welcome(console, address, logins, state)
        try:
            stack.processes.watch()
        except Interrupted:
            console.say("\n正在停止……")
    console.say("已停止。再次运行同一命令会接着使用这些数据。")
    return 0


def _logins(stack: Stack) -> list[dict[str, Any]]:
    done = subprocess.run(
        stack.manage("demo_logins", "--json"),
        env=stack.environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    log = stack.state.log("demo_logins")
    log.write_text(done.stderr, encoding="utf-8")
    try:
        found = json.loads(done.stdout)
    except ValueError as error:
        raise SetUpError("没有取得演示账号。", "原因见下面的日志。", log=log) from error
    return [dict(login) for login in found]


def _welcome(console: Console, address: str, logins: Sequence[dict[str, Any]], state: State) -> None:
    console.say(f"\n✓ 已就绪，用时 {console.elapsed:.1f} 秒：{address}/\n")
    rows = [("身份", "账号", "密码", "入口")]
    rows += [
        (
            str(login["role"]),
            str(login["username"]),
            str(login["password"]),
            f"{address}{login.get('path', '/')}",
        )
        for login in logins
    ]
    for line in table(rows):
        console.say(f"  {line}")
    console.say(f"\n  数据和日志：{state.folder}\n  按 Ctrl-C 停止。")


def _check(console: Console) -> int:
    console.say("苏州市绿色工厂评价管理平台 · 主流程检查（临时数据）")
    with Stack(throw_away("check"), console, "local") as stack:
        stack.throw_away = True
        address = _start(stack, 0)
        console.say(f"\n  {address} 已就绪，用时 {console.elapsed:.1f} 秒。按角色走主流程：\n")
        play = stack.manage("play_main_flow", "--base-url", address)
        code = stack.processes.foreground(play, stack.environment)
        if not code:
            console.say("\n  以公众身份读遍公开网站：")
            scan = stack.manage("scan_public", "--base-url", address)
            code = stack.processes.foreground(scan, stack.environment)
        if code:
            stack.throw_away = False
            console.say(f"\n✗ 主流程检查未通过（退出码 {code}）。数据和日志留在 {stack.state.folder}")
        else:
            console.say(f"\n✓ 主流程检查通过，共用时 {console.elapsed:.1f} 秒。")
    return code


# test ------------------------------------------------------------------------------------------------------
def checks() -> list[tuple[str, list[str]]]:
    """Return the static checks: title and command."""
    python = str(PYTHON)
    templates = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("templates/**/*.html"))
    templates += sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("apps/**/templates/**/*.html"))
    found = [
        ("ruff check", [python, "-m", "ruff", "check", "."]),
        ("ruff format", [python, "-m", "ruff", "format", "--check", "."]),
        ("mypy", [python, "-m", "mypy"]),
        ("import contracts", [python, "-c", _IMPORT_CONTRACTS]),
    ]
    if templates:
        djade = [str(VENV / "bin" / "djade"), "--check", "--target-version", "5.2", *templates]
        found.append(("djade (templates)", djade))
    return found


def _test(console: Console, options: argparse.Namespace, pytest_arguments: Sequence[str]) -> int:
    console.say("苏州市绿色工厂评价管理平台 · 检查和测试")
    whole = options.all or not pytest_arguments
    with _test_stack(console) as stack:
        arguments = list(pytest_arguments)
        if whole:
            # One file stays in one process, which has a database of its own; files of a package follow each other
            # (as collected), because they share what was built for the package.
            # A browser test waits for its pages much of the time: one process more than there are cores fills that.
            count = min((os.cpu_count() or 1) + 1, MOST_TEST_PROCESSES)
            processes = ["-n", str(count), "--dist", "loadfile", "--no-loadscope-reorder"]
            arguments = [*processes, *arguments]
        if options.fast:
            console.say("  --fast：不运行浏览器测试。")
            arguments = ["-m", "not browser", *arguments]
        browser = native.find_chromium() if options.fast or not whole else _chromium(console)
        interpreter = stack.python("dev")
        if browser is not None:
            stack.environment["GF_CHROMIUM"] = browser
        stack.services(interpreter.packages, durable=False)
        results: list[tuple[str, str, str]] = []

        def see(title: str, command: Sequence[str]) -> None:
            console.say(f"\n── {title}")
            began = time.monotonic()
            code = stack.processes.foreground(command, stack.environment)
            results.append(
                (title, f"未通过（{code}）" if code else "通过", f"{time.monotonic() - began:.1f} 秒")
            )

        if whole:
            stack.environment["GF_TEST_RUN"] = f"run {uuid.uuid4()}"
            made = [str(PYTHON), "-m", "tests.database"]
            remedy = "原因见日志；排除后重新运行同一命令即可。"
            # Migrating keeps one core busy for as long as the checks keep another.
            with stack.processes.beside("test-database", made, stack.environment, remedy=remedy):
                for title, command in checks():
                    see(title, command)
        see("pytest", [str(PYTHON), "-m", "pytest", *arguments])
        failed = sum(verdict != "通过" for _, verdict, _ in results)
        console.say()
        for line in table(results):
            console.say(f"  {line}")
        outcome = f"{failed} 项未通过。" if failed else "全部通过。"
        console.say(f"  共 {console.elapsed:.1f} 秒，{outcome}")
    return 1 if failed else 0


def _test_stack(console: Console) -> Stack:
    """Return a locked stack over `var/test`; over a throw-away folder when another test run uses that."""
    stack = Stack(State(VAR / "test"), console, "test")
    try:
        stack.lock()
    except AlreadyRunning:
        stack.state.close()
        console.say("  另一个测试正在运行，改用临时文件夹。")
        stack = Stack(throw_away("test"), console, "test")
        stack.throw_away = True
        stack.lock()
    return stack


def _chromium(console: Console) -> str:
    """Return the browser, installed first when that is possible; said before anything long is done."""
    browser = native.find_chromium()
    if browser is None and os.geteuid() == 0:
        with console.step("安装浏览器（Chromium）"):
            browser = native.ensure_chromium()
    if browser is None:
        raise SetUpError(
            "浏览器测试需要 Chromium，这台机器上没有。",
            "请安装它（Debian：以管理员运行 apt-get install chromium；其他：用 GF_CHROMIUM 指出程序），\n"
            "或用 python3 manage.py test --fast 跳过浏览器测试。",
        )
    return browser


# faults ----------------------------------------------------------------------------------------------------
def _faults(console: Console) -> int:
    """Make every fault happen on services of its own; 1 when anything was lost or doubled, or not tried."""
    console.say("苏州市绿色工厂评价管理平台 · 故障演练")
    with _test_stack(console) as stack:
        interpreter = stack.python("dev")
        stack.services(interpreter.packages, durable=False)
        report = stack.state.folder / "faults.txt"
        report.unlink(missing_ok=True)
        stack.environment[REPORT] = str(report)
        if stack.database_process is not None:
            stack.environment[SCRATCH] = str(stack.database_process)
        else:
            console.say("! 数据库由 DATABASE_URL 指定，不归本命令所有：不停止它，该项列为“没有检验”。")
        tests = [test for fault in FAULTS for test in fault.tests]
        plugin = ["-p", "suzhou_greenfactory.bootstrap.fault_report"]
        command = [str(PYTHON), "-m", "pytest", "-q", *plugin, *dict.fromkeys(tests)]
        code = stack.processes.foreground(command, stack.environment, watching=True)
        found = verdicts(report)
        console.say()
        for line in table([(one.fault.title, one.label, f"{one.seconds:.1f} 秒") for one in found]):
            console.say(f"  {line}")
        bad = sum(not one.ok for one in found)
        outcome = f"{bad} 项未通过。" if bad or code else "全部无丢失、无重复。"
        console.say(f"  共 {len(found)} 项，{console.elapsed:.1f} 秒，{outcome}")
    return 1 if bad or code else 0


# bench -----------------------------------------------------------------------------------------------------
def _bench(console: Console, arguments: Sequence[str]) -> int:
    """Measure two starts in a state folder of their own, then run the product's benchmark against the second."""
    console.say("苏州市绿色工厂评价管理平台 · 基准测量")
    with Stack(State(VAR / "bench"), console, "local") as stack, memory.Peak() as cold:
        _start(stack, 0)
        first = console.elapsed
    console.say("  再次启动：")
    began = time.monotonic()
    with Stack(State(VAR / "bench"), console, "local") as stack:
        with memory.Peak() as warm:
            _start(stack, 0)
        again = time.monotonic() - began
        console.say(f"\n  启动 {first:.1f} 秒，内存最多 {cold.value / 1e6:.0f} MB")
        console.say(f"  再次启动 {again:.1f} 秒，内存最多 {warm.value / 1e6:.0f} MB（全部进程）\n")
        return stack.processes.foreground(stack.manage("bench", *arguments), stack.environment)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
