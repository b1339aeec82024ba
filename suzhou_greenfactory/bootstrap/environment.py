"""The Python environment `.venv`: made from the hash-pinned locks, by uv where it can be had, else by pip."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shlex
import shutil
import signal
import subprocess
import sys
import venv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from suzhou_greenfactory.bootstrap import native
from suzhou_greenfactory.bootstrap.console import Console, SetUpError, without_hosts
from suzhou_greenfactory.bootstrap.identity import OURSELVES, before_exec
from suzhou_greenfactory.bootstrap.state import ROOT, VAR

VENV: Final = ROOT / ".venv"
PYTHON: Final = VENV / "bin" / "python"
LOCKS: Final = {"runtime": ROOT / "requirements" / "runtime.txt", "dev": ROOT / "requirements" / "dev.txt"}
UV_LOCK: Final = ROOT / "requirements" / "uv.txt"
#: Oldest pip that can install into another environment (`--python`).
_PIP_WITH_PYTHON_OPTION: Final = (22, 3)
_WHEELS_ONLY: Final = ("--require-hashes", "--only-binary", ":all:")


@dataclass(frozen=True)
class Interpreter:
    """The environment's own Python: its version and its folder of packages."""

    version: str
    packages: Path


def probe(python: Path = PYTHON) -> Interpreter | None:
    """Return what *python* is, or None when it does not run."""
    code = "import platform as p, sysconfig as s; print(p.python_version()); print(s.get_path('purelib'))"
    try:
        shown = subprocess.run([str(python), "-I", "-c", code], capture_output=True, text=True, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    version, packages = shown.stdout.splitlines()
    return Interpreter(version, Path(packages))


def stamp(kind: str, version: str) -> str:
    """Return the mark of an environment made from the *kind* lock by Python *version* (patch level aside)."""
    digest = hashlib.sha256(LOCKS[kind].read_bytes())
    digest.update(".".join(version.split(".")[:2]).encode())
    return digest.hexdigest()


def _stamp_file(kind: str) -> Path:
    return VENV / f".made-from-{kind}"


def is_current(kind: str, interpreter: Interpreter | None) -> bool:
    """Whether the environment was made from the *kind* lock as it is now."""
    if interpreter is None:
        return False
    try:
        return _stamp_file(kind).read_text(encoding="utf-8") == stamp(kind, interpreter.version)
    except OSError:
        return False


def uv_settings(pip_config: str, given: Mapping[str, str]) -> dict[str, str]:
    """Translate the output of `pip config list` into uv's variables: uv does not read pip's configuration.

    What the reader has set for uv stays. Several indexes are searched as pip does, for the best match among
    all; the hashes in the lock make that safe.
    """
    found: dict[str, str] = {}
    for section in ("global", "install", ":env:"):  # later sections win, as in pip
        for line in pip_config.splitlines():
            name, separator, value = line.partition("=")
            if separator and name.startswith(f"{section}."):
                with suppress(ValueError):
                    found[name.removeprefix(f"{section}.")] = " ".join(shlex.split(value))
    extra = found.get("extra-index-url", "")
    wanted = {
        "UV_DEFAULT_INDEX": found.get("index-url", ""),
        "UV_INDEX": " ".join(extra.split()),
        "UV_INDEX_STRATEGY": "unsafe-best-match" if extra.strip() else "",
        "UV_FIND_LINKS": ",".join(found.get("find-links", "").split()),
        "UV_INSECURE_HOST": " ".join(found.get("trusted-host", "").split()),
        "UV_HTTP_TIMEOUT": found.get("timeout", "") or found.get("default-timeout", ""),
        "SSL_CERT_FILE": found.get("cert", ""),
        "HTTPS_PROXY": found.get("proxy", ""),
    }
    return {name: value for name, value in wanted.items() if value and name not in given}


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Keep two commands from installing into the environment at once."""
    VAR.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(VAR / "venv.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


class Installer:
    """Makes and fills the environment."""

    def __init__(self, console: Console) -> None:
        self.console = console
        # A user's PYTHON* variables must not leak another environment's packages into ours.
        dropped = {"PYTHONHOME", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV"}
        self.environment = {k: v for k, v in os.environ.items() if k not in dropped}
        self.trouble = ""

    def ensure(self, kind: str) -> Interpreter:
        """Return the environment's Python after bringing it to the *kind* lock (`runtime` or `dev`).

        Raises:
            SetUpError: neither uv nor pip could install the locked packages.
        """
        found = probe()
        if found is not None and is_current(kind, found):
            return found
        with _one_at_a_time():
            found = probe()
            if found is not None and is_current(kind, found):
                return found
            had_one = found is not None
            try:
                return self._make(kind)
            except SetUpError:
                if not had_one:
                    raise
                self.console.say("! 现有的 .venv 不能更新，重新建立。")
                self._clear()
                return self._make(kind)

    def _make(self, kind: str) -> Interpreter:
        if probe() is None:
            self._clear()
            with self.console.step("建立 Python 环境（.venv）"):
                venv.EnvBuilder(with_pip=False, symlinks=True).create(VENV)
        # An environment with the development packages keeps them in step when only the runtime is asked for.
        if kind == "runtime" and _stamp_file("dev").exists():
            kind = "dev"
        for name in LOCKS:
            _stamp_file(name).unlink(missing_ok=True)
        label = "运行所需" if kind == "runtime" else "运行、测试和检查所需"
        with self.console.step(f"安装{label}的软件包（按校验值，首次约一分钟）"):
            self._install(LOCKS[kind])
        interpreter = probe()
        if interpreter is None:
            raise SetUpError(".venv 中的 Python 不能运行。", f"请删除 {VENV} 后重试。")
        for name in ("runtime", "dev") if kind == "dev" else ("runtime",):
            _stamp_file(name).write_text(stamp(name, interpreter.version), encoding="utf-8")
        return interpreter

    @staticmethod
    def _clear() -> None:
        """Delete the environment: it is ours to delete, for everything in it comes from the locks."""
        if VENV.is_symlink():
            raise SetUpError(f"{VENV} 是一个链接，且其中的 Python 不能运行。", "请删除该链接后重试。")
        shutil.rmtree(VENV, ignore_errors=True)

    # installing --------------------------------------------------------------------------------------------
    def _install(self, lock: Path) -> None:
        pip = self._pip()
        uv = self._uv(pip) if os.environ.get("GF_INSTALLER") != "pip" else None
        if uv is not None:
            command = [uv, "pip", "install", "--quiet", "--no-progress", "--python", str(PYTHON)]
            if self._try([*command, *_WHEELS_ONLY, "-r", str(lock)], self._uv_environment(pip)):
                return
        if pip is not None:
            command = [*pip, "install", "--quiet", "--disable-pip-version-check", "--no-input"]
            if self._try([*command, *_WHEELS_ONLY, "-r", str(lock)], self.environment):
                return
        if uv is None and pip is None:
            raise SetUpError(
                "这台机器的 Python 没有 pip，也没有 ensurepip。",
                "请安装 python3-venv（Debian、Ubuntu：apt-get install python3-venv），或安装 uv，然后重试。",
            )
        raise SetUpError(
            "软件包没有装好。",
            "请检查网络；使用镜像时用 pip config set global.index-url 设定，本命令会沿用。\n"
            f"安装程序的说明：\n{self.trouble}",
        )

    def _try(self, command: Sequence[str], environment: Mapping[str, str]) -> bool:
        """Run an installer; keep the end of what it says (without hosts) when it fails."""
        process = subprocess.Popen(
            list(command),
            env=dict(environment),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=before_exec(OURSELVES, signal.SIGKILL),  # noqa: PLW1509  (there are no threads)
        )
        output = b""
        try:
            while True:
                try:
                    output, _ = process.communicate(timeout=1.0)
                    break
                except subprocess.TimeoutExpired:
                    self.console.alive()
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        if process.returncode:
            lines = without_hosts(output.decode("utf-8", "replace")).strip().splitlines()
            self.trouble = "\n".join(line.rstrip() for line in lines[-8:])
        return process.returncode == 0

    def _answers(self, command: Sequence[str]) -> str | None:
        try:
            done = subprocess.run(
                list(command), capture_output=True, text=True, check=True, env=self.environment, cwd="/"
            )
        except (OSError, subprocess.SubprocessError):
            return None
        return done.stdout

    def _pip(self) -> list[str] | None:
        """Return a pip that installs into the environment: its own, this Python's or one brought in."""
        own = [str(PYTHON), "-m", "pip"]
        if self._answers([*own, "--version"]):
            return own
        shown = self._answers([sys.executable, "-m", "pip", "--version"])
        if shown and _version(shown) >= _PIP_WITH_PYTHON_OPTION:
            return [sys.executable, "-m", "pip", "--python", str(PYTHON)]
        if self._answers([str(PYTHON), "-m", "ensurepip", "--default-pip"]) is not None:
            return own
        ensure = [str(PYTHON), "-m", "ensurepip"]
        if native.install_as_root(["python3-venv"]) and self._answers(ensure) is not None:
            return own
        wheels = native.unpack_without_root(["python3-pip-whl"])
        wheel = next(wheels.glob("usr/share/python-wheels/pip-*.whl"), None) if wheels else None
        return [str(PYTHON), str(wheel / "pip")] if wheel else None

    def _uv(self, pip: Sequence[str] | None) -> str | None:
        """Return the locked uv, installed by *pip*; else one the machine has; else None."""
        program = VENV / "bin" / "uv"
        locked = UV_LOCK.read_text(encoding="utf-8").split(maxsplit=1)[0].partition("==")[2]
        if locked in (self._answers([str(program), "--version"]) or ""):
            return str(program)
        if pip is not None:
            command = [*pip, "install", "--quiet", "--disable-pip-version-check", "--no-input"]
            if self._try([*command, *_WHEELS_ONLY, "-r", str(UV_LOCK)], self.environment):
                return str(program)
        return shutil.which("uv")

    def _uv_environment(self, pip: Sequence[str] | None) -> dict[str, str]:
        shown = self._answers([*pip, "config", "list"]) if pip is not None else None
        return self.environment | uv_settings(shown or "", self.environment)


def _version(shown: str) -> tuple[int, ...]:
    """Return the numbers in `pip 23.2.1 from …`."""
    words = shown.split()
    numbers = words[1].split(".") if len(words) > 1 else []
    return tuple(int(part) for part in numbers if part.isdigit())
