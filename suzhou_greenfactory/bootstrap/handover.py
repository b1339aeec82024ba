"""What `manage.py` does before it is Django: choose the Python to run under and find the running services."""

from __future__ import annotations

import importlib.util
import os
import platform
import sys
from collections.abc import Callable, MutableMapping, Sequence
from pathlib import Path
from typing import Final

from suzhou_greenfactory.bootstrap import native
from suzhou_greenfactory.bootstrap.console import Console, SetUpError
from suzhou_greenfactory.bootstrap.environment import PYTHON, VENV, Installer, Interpreter, is_current, probe
from suzhou_greenfactory.bootstrap.stack import is_given
from suzhou_greenfactory.bootstrap.state import announced

#: Commands that change the schema run as the owner role.
OWNER_COMMANDS: Final = frozenset({"backup", "createcachetable", "flush", "migrate", "prepare", "restore"})
DEFAULT_SETTINGS: Final = "suzhou_greenfactory.settings.local"


def take_over(argv: Sequence[str]) -> int | None:
    """Run a set-up command and return its exit code; for Django's commands return None after preparing.

    May replace the process by the same command under the project's own Python.
    """
    from suzhou_greenfactory.bootstrap import commands

    name = argv[1] if len(argv) > 1 else ""
    if name in commands.NAMES:
        return commands.run(argv[1:])
    try:
        _use_project_python(argv)
    except SetUpError as error:
        Console().error(error)
        return 1
    prepare_environment(name, os.environ, announced)
    return None


def _use_project_python(argv: Sequence[str]) -> None:
    """Continue here when this Python serves the project; else under that of `.venv`, made when absent."""
    libraries = native.library_environment()
    if Path(sys.prefix).resolve() == VENV.resolve():
        kind = next((kind for kind in ("dev", "runtime") if (VENV / f".made-from-{kind}").exists()), None)
        if kind is None or is_current(kind, Interpreter(platform.python_version(), Path(sys.prefix))):
            if all(os.environ.get(variable) == value for variable, value in libraries.items()):
                return
        else:
            Installer(Console()).ensure(kind)
    else:
        has_django = importlib.util.find_spec("django") is not None
        in_another_environment = sys.prefix != sys.base_prefix
        if has_django and (in_another_environment or not VENV.exists()):
            return  # a container image or the developer's own environment
        if not is_current("runtime", probe()):
            Installer(Console()).ensure("runtime")
    os.execve(PYTHON, [str(PYTHON), *argv], os.environ | libraries)  # noqa: S606


def prepare_environment(
    command: str, environment: MutableMapping[str, str], running: Callable[[], dict[str, str] | None]
) -> None:
    """Give a management command the settings module, the running demo's services and the role it needs."""
    if not is_given("DATABASE_URL", environment):
        for name, value in (running() or {}).items():
            environment.setdefault(name, value)
    environment.setdefault("DJANGO_SETTINGS_MODULE", DEFAULT_SETTINGS)
    if command in OWNER_COMMANDS and is_given("GF_DATABASE_OWNER_URL", environment):
        environment.setdefault("GF_DATABASE_ROLE", "owner")


def explain_missing_services(call: Callable[[], object]) -> int:
    """Run Django's command line; say so plainly when no database was named or started."""
    from django.db.utils import OperationalError

    try:
        call()
    except OperationalError as error:
        if is_given("DATABASE_URL", os.environ):
            raise
        problem = "这条命令需要数据库，而现在没有正在运行的演示系统。"
        remedy = "请先在另一个终端运行 python3 manage.py demo，或设定 DATABASE_URL。"
        remedy += f"\n（{str(error).strip()}）"
        Console().error(SetUpError(problem, remedy))
        return 1
    return 0
