"""Arguments, the hand-over from `manage.py`, and which services are used."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from suzhou_greenfactory.bootstrap import commands, handover, postgres, stack
from suzhou_greenfactory.bootstrap.state import VAR

ROOT = Path(__file__).resolve().parents[2]


def parse(*arguments: str) -> tuple[argparse.Namespace, list[str]]:
    return commands.parser().parse_known_args(arguments)


def test_demo_has_a_port_a_state_folder_and_a_check() -> None:
    options, _ = parse("demo")
    assert (options.port, options.state, options.check) == (8000, VAR / "demo", False)
    options, _ = parse("demo", "--port", "9001", "--state", "/data/状态", "--check")
    assert (options.port, options.state, options.check) == (9001, Path("/data/状态"), True)


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_a_port_out_of_range_is_refused(port: str) -> None:
    with pytest.raises(SystemExit):
        parse("demo", "--port", port)


def test_unknown_arguments_of_demo_are_refused() -> None:
    with pytest.raises(SystemExit):
        commands.run(["demo", "--prot", "1"])


def test_arguments_of_pytest_are_passed_on_in_order() -> None:
    options, rest = parse("test", "--fast", "tests/policy", "-k", "levels", "-x")
    assert options.fast
    assert not options.all
    assert rest == ["tests/policy", "-k", "levels", "-x"]


def test_every_check_of_the_house_is_run() -> None:
    titles = [title for title, _ in commands.checks()]
    assert titles[:4] == ["ruff check", "ruff format", "mypy", "import contracts"]
    assert any("djade" in title for title in titles)


@pytest.mark.parametrize(
    ("command", "role"), [("migrate", "owner"), ("prepare", "owner"), ("shell", None), ("runserver", None)]
)
def test_a_management_command_meets_the_running_demo(command: str, role: str | None) -> None:
    environment: dict[str, str] = {}
    running = {
        "DATABASE_URL": "postgres://a",
        "GF_DATABASE_OWNER_URL": "postgres://o",
        "REDIS_URL": "unix:///r",
    }
    handover.prepare_environment(command, environment, lambda: running)
    assert environment["DATABASE_URL"] == "postgres://a"
    assert environment["DJANGO_SETTINGS_MODULE"] == "suzhou_greenfactory.settings.local"
    assert environment.get("GF_DATABASE_ROLE") == role


@pytest.mark.parametrize("name", ["DATABASE_URL", "DATABASE_URL_FILE"])
def test_a_database_named_by_the_caller_is_left_alone(name: str) -> None:
    environment = {name: "mine"}
    handover.prepare_environment("shell", environment, lambda: {"DATABASE_URL": "demo", "REDIS_URL": "demo"})
    assert environment == {name: "mine", "DJANGO_SETTINGS_MODULE": handover.DEFAULT_SETTINGS}


def test_manage_is_djangos_and_hands_over_first() -> None:
    text = (ROOT / "manage.py").read_text(encoding="utf-8")
    assert text.index("handover.take_over") < text.index("execute_from_command_line")
    assert len(text.splitlines()) < 40


def test_the_set_up_uses_the_standard_library_only() -> None:
    import ast
    import sys

    for path in (ROOT / "suzhou_greenfactory" / "bootstrap").glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:  # inside functions Django may be imported: it is there by then
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                top = name.split(".")[0]
                assert top in sys.stdlib_module_names or name.startswith("suzhou_greenfactory.bootstrap"), (
                    path,
                    name,
                )


def test_sources_decide_whether_data_must_be_prepared_again(tmp_path: Path) -> None:
    (tmp_path / "apps" / "__pycache__").mkdir(parents=True)
    module = tmp_path / "apps" / "models.py"
    module.write_text("a", encoding="utf-8")
    before = stack.fingerprint(tmp_path)
    (tmp_path / "apps" / "__pycache__" / "models.pyc").write_text("x", encoding="utf-8")
    assert stack.fingerprint(tmp_path) == before
    module.write_text("ab", encoding="utf-8")
    assert stack.fingerprint(tmp_path) != before


@pytest.mark.parametrize(
    ("shown", "major"),
    [
        ("postgres (PostgreSQL) 18.6", 18),
        ("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)", 15),
        ("", None),
    ],
)
def test_the_version_of_postgresql_is_read(shown: str, major: int | None) -> None:
    assert postgres.major_version(shown) == major


def test_every_cluster_keeps_chinese_characters() -> None:
    for major in (14, 16, 17, 18):
        assert "--lc-ctype=C.UTF-8" in postgres.locale_flags(major, "linux")
        assert "--lc-ctype=UTF-8" in postgres.locale_flags(major, "darwin")
    assert "--locale-provider=builtin" in postgres.locale_flags(17, "linux")
    assert "--locale-provider=builtin" not in postgres.locale_flags(16, "linux")


def test_ci_runs_exactly_the_test_command() -> None:
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert lines[-1] == 'exec python3 manage.py test "$@"'
