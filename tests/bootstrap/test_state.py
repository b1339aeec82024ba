"""The state folder: secrets stay private, one run at a time, orphans are known, sockets have short paths."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from suzhou_greenfactory.bootstrap import state as module
from suzhou_greenfactory.bootstrap.console import SetUpError
from suzhou_greenfactory.bootstrap.state import State, birth, readable_password, write_private


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    made = State(tmp_path / "很长的 文件夹" / ("x" * 120))
    made.open()
    yield made
    made.remove()


def test_secrets_are_made_once_and_readable_only_by_their_owner(state: State) -> None:
    first = state.secret("gf_app")
    assert state.secret("gf_app") == first
    assert state.secret("gf_owner") != first
    path = state.folder / "secrets" / "gf_app"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert state.folder.stat().st_mode & 0o777 == 0o700
    assert re.fullmatch(r"[A-Za-z0-9_-]{40,}", first), "goes into an address without escaping"


def test_a_demo_password_has_every_class_of_character() -> None:
    for _ in range(50):
        password = readable_password()
        assert len(password) == 14
        assert all(re.search(kind, password) for kind in ("[A-Z]", "[a-z]", "[0-9]", "-"))
        assert not re.search("[0O1lI]", password)


def test_a_second_run_cannot_take_the_folder(state: State) -> None:
    assert state.try_lock()
    other = State(state.folder)
    other.open()
    assert not other.try_lock()
    assert other.holder_is_alive()


def test_the_lock_of_a_dead_runner_says_so(state: State) -> None:
    assert state.try_lock()
    os.pwrite(state.lock_descriptor, json.dumps([os.getpid(), "another birth"]).encode().ljust(200), 0)
    assert not state.holder_is_alive()
    os.ftruncate(state.lock_descriptor, 0)
    assert not state.holder_is_alive()


def test_a_child_keeps_the_lock_after_its_runner(state: State) -> None:
    assert state.try_lock()
    child = subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=[state.lock_descriptor]
    )
    try:
        state.close()
        later = State(state.folder)
        later.open()
        assert not later.try_lock()
    finally:
        child.communicate(b"\n")
    assert later.try_lock()


def test_only_living_children_with_the_same_birth_are_orphans(state: State) -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    state.record("worker", child.pid)
    assert State(state.folder).orphans() == [child.pid]
    state._children["worker"]["birth"] = "an earlier process with this number"
    state.record("beat", child.pid)
    assert State(state.folder).orphans() == [child.pid]
    child.communicate(b"\n")
    assert State(state.folder).orphans() == []
    assert birth(child.pid) is None


def test_socket_paths_fit_whatever_the_project_is_called(state: State) -> None:
    folder = state.sockets()
    assert len(os.fsencode(folder / ".s.PGSQL.5432")) < 90
    assert folder.stat().st_mode & 0o777 == 0o700
    assert state.sockets() == folder


def test_a_socket_folder_open_to_others_is_not_used(state: State) -> None:
    folder = state.sockets()
    folder.chmod(0o777)
    other = state.sockets()
    try:
        assert other != folder
        assert other.stat().st_mode & 0o777 == 0o700
    finally:
        other.rmdir()
        folder.chmod(0o700)


def test_a_private_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "run" / "env.json"
    write_private(path, "one")
    write_private(path, "two")
    assert path.read_text(encoding="utf-8") == "two"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["env.json"]


def test_a_folder_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(SetUpError, match="不能写入状态文件夹") as caught:
        State(tmp_path / "file" / "state").open()
    assert "--state" in caught.value.remedy


def test_the_environment_of_a_demo_is_found_only_while_it_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RUNNING", tmp_path / "run" / "env.json")
    assert module.announced() is None
    state = State(tmp_path / "demo")
    state.open()
    assert state.try_lock()
    module.announce({"DATABASE_URL": "postgres://x"}, state)
    assert module.announced() == {"DATABASE_URL": "postgres://x"}
    state.close()
    assert module.announced() is None


def test_throw_away_folders_of_finished_runs_are_cleared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "VAR", tmp_path)
    for name in ("check-dead", "check-alive", "check-new"):
        State(tmp_path / name).open()
    for name in ("check-dead", "check-alive"):
        os.utime(tmp_path / name, (0, 0))
    alive = State(tmp_path / "check-alive")
    alive.open()
    assert alive.try_lock()
    made = module.throw_away("check")
    assert sorted(path.name for path in tmp_path.glob("check-*")) == ["check-alive", "check-new"]
    assert re.fullmatch(r"check-[a-z0-9]{6}", made.folder.name)


def test_a_large_log_is_put_aside(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LOG_LIMIT_BYTES", 10)
    state.log("web").write_text("x" * 11, encoding="utf-8")
    assert not state.log("web").exists()
    assert (state.logs / "web.log.1").read_text(encoding="utf-8") == "x" * 11
