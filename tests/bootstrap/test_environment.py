"""The environment is remade exactly when it must be, and a mirror set for pip serves uv, too."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from suzhou_greenfactory.bootstrap import environment
from suzhou_greenfactory.bootstrap.environment import Interpreter, is_current, stamp, uv_settings

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("runtime", "dev"):
        (tmp_path / f"{name}.txt").write_text(f"{name}==1\n", encoding="utf-8")
    monkeypatch.setattr(environment, "LOCKS", {n: tmp_path / f"{n}.txt" for n in ("runtime", "dev")})
    monkeypatch.setattr(environment, "VENV", tmp_path / "venv")
    (tmp_path / "venv").mkdir()
    return tmp_path


def test_the_stamp_changes_with_the_lock_and_the_minor_version_only(locks: Path) -> None:
    before = stamp("runtime", "3.11.2")
    assert stamp("runtime", "3.11.9") == before
    assert stamp("runtime", "3.12.0") != before
    assert stamp("dev", "3.11.2") != before
    (locks / "runtime.txt").write_text("runtime==2\n", encoding="utf-8")
    assert stamp("runtime", "3.11.2") != before


def test_an_environment_is_current_only_with_a_matching_stamp_and_a_python_that_runs(locks: Path) -> None:
    interpreter = Interpreter("3.11.2", locks)
    assert not is_current("runtime", interpreter)
    (locks / "venv" / ".made-from-runtime").write_text(stamp("runtime", "3.11.2"), encoding="utf-8")
    assert is_current("runtime", interpreter)
    assert not is_current("dev", interpreter)
    assert not is_current("runtime", None)
    assert not is_current("runtime", Interpreter("3.12.1", locks))


def test_a_broken_python_is_none(tmp_path: Path) -> None:
    assert environment.probe(tmp_path / "python") is None
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")
    broken.chmod(0o755)
    assert environment.probe(broken) is None


def test_pips_configuration_reaches_uv() -> None:
    shown = (
        "global.index-url='https://mirror.example/simple'\n"
        "global.extra-index-url='https://a.example/s\\nhttps://b.example/s'\n"
        "global.trusted-host='mirror.example'\n"
        "install.find-links='/opt/wheels'\n"
        "global.cert='/etc/ca.pem'\n"
        ":env:.default-timeout='180'\n"
    ).replace("\\n", " ")
    assert uv_settings(shown, {}) == {
        "UV_DEFAULT_INDEX": "https://mirror.example/simple",
        "UV_INDEX": "https://a.example/s https://b.example/s",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_INSECURE_HOST": "mirror.example",
        "UV_FIND_LINKS": "/opt/wheels",
        "SSL_CERT_FILE": "/etc/ca.pem",
        "UV_HTTP_TIMEOUT": "180",
    }


def test_later_sections_win_and_the_callers_uv_settings_stay() -> None:
    shown = "global.index-url='https://g.example'\n:env:.index-url='https://e.example'\n"
    assert uv_settings(shown, {}) == {"UV_DEFAULT_INDEX": "https://e.example"}
    assert uv_settings(shown, {"UV_DEFAULT_INDEX": "https://mine.example"}) == {}
    assert uv_settings("", {}) == {}


@pytest.mark.parametrize("name", ["runtime", "dev", "uv"])
def test_locks_are_pinned_with_hashes_and_name_no_host(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    assert "://" not in text
    pinned = re.findall(r"^([A-Za-z0-9_.-]+(?:\[[a-z,]+\])?)==\S+(.*)$", text, re.MULTILINE)
    assert pinned
    assert all(rest.rstrip().endswith("\\") for _, rest in pinned)
    assert not re.findall(r"^[A-Za-z0-9_.-]+\s*(?:>=|<|~=|@)", text, re.MULTILINE)


def test_the_development_lock_holds_the_runtime_lock() -> None:
    def pins(name: str) -> set[str]:
        text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        return set(re.findall(r"^([A-Za-z0-9_.-]+(?:\[[a-z,]+\])?==[^\s;]+)", text, re.MULTILINE))

    assert pins("runtime") <= pins("dev")
