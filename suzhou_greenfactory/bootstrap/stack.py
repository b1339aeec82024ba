"""Everything one run needs, made in order: the lock, Python, native libraries, services, data and servers."""

from __future__ import annotations

import hashlib
import os
import shlex
import socket
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from suzhou_greenfactory.bootstrap import native, web
from suzhou_greenfactory.bootstrap.broker import Broker
from suzhou_greenfactory.bootstrap.console import Console, SetUpError
from suzhou_greenfactory.bootstrap.environment import PYTHON, VENV, Installer, Interpreter
from suzhou_greenfactory.bootstrap.postgres import Postgres
from suzhou_greenfactory.bootstrap.processes import Processes, Service, end_orphans
from suzhou_greenfactory.bootstrap.state import ROOT, State, readable_password

#: Variables of the caller that would change what our Python does.
DROPPED: Final = frozenset(
    {"PYTHONHOME", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTHONSAFEPATH", "GF_DATABASE_ROLE"}
)
#: What `prepare` and `demo_world` depend on: unchanged since the last success, they need not run again.
SOURCES: Final = ("apps", "fixtures", "static", "suzhou_greenfactory", "requirements")
_LOCK_SECONDS: Final = 30.0
_WEB_SECONDS: Final = 120.0


class AlreadyRunning(SetUpError):
    """Another run uses the state folder."""


def fingerprint(root: Path = ROOT) -> str:
    """Return a mark that changes when any source file does (by name, size and time)."""
    digest = hashlib.sha256()
    for top in SOURCES:
        for folder, folders, files in os.walk(root / top):
            folders[:] = sorted(name for name in folders if name != "__pycache__")
            for name in sorted(files):
                path = Path(folder, name)
                found = path.stat()
                digest.update(f"{path.relative_to(root)}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def is_given(name: str, environment: Mapping[str, str]) -> bool:
    """Whether the caller set variable *name*, directly or as a file."""
    return bool(environment.get(name) or environment.get(f"{name}_FILE"))


class Stack:
    """One run over one state folder. A context manager: leaving it stops everything it started."""

    def __init__(self, state: State, console: Console, settings: str) -> None:
        """`settings` is the last part of the settings module (`local`, `test`)."""
        self.state = state
        self.console = console
        self.settings = settings
        self.processes = Processes(state, console)
        self.environment: dict[str, str] = {}
        self.embedded_database = False
        self.database_process: Path | None = None
        self.throw_away = False
        self._listener: socket.socket | None = None

    def __enter__(self) -> Self:
        self.processes.handle_signals()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.processes.stop()
        if self._listener is not None:
            self._listener.close()
        if self.throw_away and not isinstance(error, SetUpError):
            self.state.remove()
        self.state.close()

    # the folder --------------------------------------------------------------------------------------------
    def lock(self) -> None:
        """Take the state folder; processes that outlived a killed run are ended first.

        Raises:
            AlreadyRunning: its run is alive.
            SetUpError: the folder cannot be used.
        """
        self.state.open()
        deadline = time.monotonic() + _LOCK_SECONDS
        told = False
        while not self.state.try_lock():
            if self.state.holder_is_alive():
                where = (self.state.noted("serving") or {}).get("address", "")
                raise AlreadyRunning(
                    f"状态文件夹 {self.state.folder} 正在被另一个运行使用。{where}",
                    "请先在那个终端按 Ctrl-C 停止它，或用 --state 指定另一个文件夹。",
                )
            if time.monotonic() > deadline:
                raise SetUpError(
                    "上一次运行留下的进程没有结束。", f"进程号：{self.state.orphans()}；请结束它们后重试。"
                )
            if not told:
                self.console.say("  上一次运行没有正常结束，正在收尾。")
                told = True
            end_orphans(self.state.orphans(), seconds=5.0)
            time.sleep(0.1)

    # python and libraries ----------------------------------------------------------------------------------
    def python(self, kind: str) -> Interpreter:
        """Bring the environment to the *kind* lock and the machine to the libraries for PDFs."""
        interpreter = Installer(self.console).ensure(kind)
        if native.missing():
            with self.console.step("系统文字库（PDF 用）"):
                left = native.ensure_libraries()
            if left:
                self.console.say(
                    f"! 缺少 {' '.join(left)}：网页可用，生成 PDF 会提示缺少这些软件包。\n"
                    f"  有管理员权限时运行：apt-get install {' '.join(left)}"
                )
        self.environment = self._base_environment()
        return interpreter

    def _base_environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in DROPPED}
        return (
            kept
            | native.library_environment()
            | {
                "DJANGO_SETTINGS_MODULE": f"suzhou_greenfactory.settings.{self.settings}",
                "GF_STATE_DIR": str(self.state.folder),
                "GF_SECRET_KEY": kept.get("GF_SECRET_KEY") or self.state.secret("secret_key", _long_secret),
                "GF_DEMO_PASSWORD": self.state.secret("demo_password", readable_password),
                "PATH": f"{VENV / 'bin'}{os.pathsep}{kept.get('PATH', os.defpath)}",
                "PYTHONUNBUFFERED": "1",
                "PYTHONUTF8": "1",
                "VIRTUAL_ENV": str(VENV),
            }
        )

    # services ----------------------------------------------------------------------------------------------
    def services(self, packages: Path, *, durable: bool = True) -> None:
        """Start the database and the broker, or use those the caller named."""
        if is_given("DATABASE_URL", os.environ):
            self.console.say("  使用 DATABASE_URL 指定的数据库。")
            if not is_given("GF_DATABASE_OWNER_URL", os.environ):
                self.console.say("! 没有 GF_DATABASE_OWNER_URL：迁移也用 DATABASE_URL 的角色进行。")
        else:
            self._start_postgres(packages, durable=durable)
        if is_given("REDIS_URL", os.environ):
            self.console.say("  使用 REDIS_URL 指定的消息服务。")
        else:
            self._start_broker(packages)

    def _start_postgres(self, packages: Path, *, durable: bool) -> None:
        with self.console.step("启动数据库（PostgreSQL）"):
            server = Postgres(self.state, packages, durable=durable)
            server.initialise(self.environment)
            self.processes.start(server.service(self.environment))
            self.processes.await_ready("postgres", 60.0)
            server.make_roles(self.environment)
        self.embedded_database = True
        self.database_process = server.folder / "data" / "postmaster.pid"
        for name in [name for name in self.environment if name.startswith("PG")]:
            del self.environment[name]  # the caller's PGHOST and the like concern another server
        self.environment["DATABASE_URL"] = server.url("gf_app")
        self.environment["GF_DATABASE_OWNER_URL"] = server.url("gf_owner")

    def _start_broker(self, packages: Path) -> None:
        server = Broker(self.state, packages)
        with self.console.step("启动消息服务（Redis 协议）"):
            self.processes.start(server.service(self.environment))
            try:
                self.processes.await_ready("broker", 15.0)
            except SetUpError:
                server.put_data_aside()
                self.processes.start(server.service(self.environment))
                self.processes.await_ready("broker", 15.0)
        self.environment["REDIS_URL"] = server.url

    # data --------------------------------------------------------------------------------------------------
    def manage(self, *arguments: str) -> list[str]:
        """Return the command line of a management command."""
        return [str(PYTHON), "-m", "django", *arguments]

    def prepare(self, *, world: bool) -> bool:
        """Migrate, load the reference data and collect static files as the owner; then play the demo world.

        Returns whether anything had to be done: an embedded database prepared from the same sources is ready.
        """
        mark = [fingerprint(), world]
        if self.embedded_database and self.state.noted("prepared") == mark:
            return False
        with self.console.step("准备数据库和静态文件"):
            self.processes.run(
                "prepare",
                self.manage("prepare"),
                self.environment | {"GF_DATABASE_ROLE": "owner"},
                remedy="请看下面的日志；数据库连接失败时检查 DATABASE_URL 和 GF_DATABASE_OWNER_URL。",
            )
        if world:
            with self.console.step("演示数据（按流程逐步办理，首次较久）"):
                self.processes.run(
                    "demo_world",
                    self.manage("demo_world"),
                    self.environment,
                    remedy="请看下面的日志；演示数据可以删除状态文件夹后重建。",
                )
        self.state.note("prepared", mark)
        return True

    # servers -----------------------------------------------------------------------------------------------
    def reserve(self, wanted: int) -> str:
        """Hold a port for the web server and return the site's address."""
        self._listener = web.reserve(wanted)
        port = web.port_of(self._listener)
        if wanted not in (0, port):
            self.console.say(f"! 端口 {wanted} 已被占用，改用 {port}。")
        address = f"http://{web.HOST}:{port}"
        self.environment["GF_PUBLIC_URL"] = address
        return address

    def serve(self) -> None:
        """Start the web server, the worker and beat, and wait until all are ready."""
        listener = self._listener or web.reserve()
        port, descriptor = web.port_of(listener), listener.fileno()
        python = str(PYTHON)
        gunicorn = [python, "-m", "gunicorn", "suzhou_greenfactory.wsgi:application"]
        gunicorn += shlex.split(f"--bind fd://{descriptor} --workers 2 --threads 4 --preload --timeout 60")
        gunicorn += shlex.split("--graceful-timeout 8 --no-control-socket --access-logfile -")
        celery = [python, "-m", "celery", "-A", "suzhou_greenfactory"]
        worker = [*celery, *shlex.split("worker -l INFO --concurrency 2 --without-mingle --without-gossip")]
        schedule = self.state.folder / "beat"
        schedule.mkdir(mode=0o700, exist_ok=True)
        beat = [*celery, "beat", "-l", "INFO", "--pidfile", "", "--schedule", str(schedule / "schedule")]
        worker_log = self.state.log("worker")
        seen = worker_log.stat().st_size if worker_log.exists() else 0

        def worker_ready() -> bool:
            with worker_log.open("rb") as log:
                log.seek(seen)
                return b" ready." in log.read()

        with self.console.step("启动网站、后台任务和定时任务"):
            self.processes.start(
                Service(
                    "web",
                    "网站",
                    gunicorn,
                    self.environment,
                    ready=lambda: web.is_ready(port),
                    inherit=[descriptor],
                    stage=3,
                )
            )
            self.processes.start(
                Service("worker", "后台任务", worker, self.environment, ready=worker_ready, stage=2)
            )
            self.processes.start(Service("beat", "定时任务", beat, self.environment, stage=3))
            for name in ("web", "worker", "beat"):
                self.processes.await_ready(name, _WEB_SECONDS)


def _long_secret() -> str:
    return os.urandom(48).hex()
