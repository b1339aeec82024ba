"""The evidence package verifies offline and names the row somebody changed; the chain is walked as a job."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from apps.audit.services import record
from apps.core.actor import Actor, Role
from apps.core.moment import DatabaseClock, FixedClock
from apps.core.scoping import enter
from apps.jobs import services as jobs
from tests import worlds
from tests.portals.scenes import signed_in

pytestmark = pytest.mark.django_db(transaction=True)
TOOL = django_settings.BASE_DIR / "tools" / "verify_package.py"


@pytest.fixture
def browser(clock: FixedClock, settings: Any, tmp_path: Path) -> Client:
    settings.STATE_DIR = tmp_path
    with transaction.atomic():
        auditor = worlds.staff_member(clock, "shenji", "审计甲", role=Role.AUDITOR, duties=[])
        for note in ("第一件", "第二件", "第三件"):
            record(
                actor=Actor.system(),
                event="test.event",
                subject=None,
                moment=DatabaseClock().now(),
                after={"分数": "77.49"},
                note=note,
            )
    with transaction.atomic():
        return signed_in(auditor)


def _finish(client: Client, url: str, form: dict[str, str]) -> Any:
    """Post *form*, let the worker do the job, and return its page."""
    started = client.post(url, form)
    assert started.status_code == 302, started.content.decode()
    jobs.run_due(clock=DatabaseClock(), keep_lease=False)
    return client.get(started["Location"])


def _package(client: Client) -> bytes:
    day = f"{DatabaseClock().now().on:%Y-%m-%d}"
    form = {"since": "2026-01-01", "until": max(day, "2026-11-30"), "reason": "抽查"}
    page = _finish(client, reverse("audit:package"), form)
    job = page.context["job"]
    assert job.state == "done", job.error
    sent = client.get(reverse("job_file", args=[job.public_id]))
    return b"".join(sent.streaming_content)  # type: ignore[attr-defined]


def _verify(path: Path, *options: str) -> tuple[int, str]:
    """Run the published script as its own process, far from the product."""
    ran = subprocess.run(  # noqa: S603  (our own script)
        [sys.executable, "-I", str(TOOL), str(path), *options], capture_output=True, text=True, check=False
    )
    return ran.returncode, ran.stdout + ran.stderr


def _altered(content: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        files = {name: package.read(name) for name in package.namelist()}
    change(files)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        for name, data in files.items():
            package.writestr(name, data)
    return stream.getvalue()


def _restate(files: dict[str, bytes]) -> None:
    """Write fitting digests into the manifest, as a careful forger would."""
    import hashlib

    manifest = json.loads(files["manifest.json"])
    manifest["files"] = {name: hashlib.sha256(files[name]).hexdigest() for name in manifest["files"]}
    files["manifest.json"] = json.dumps(manifest).encode()


def test_it_verifies_with_the_published_script_and_names_a_changed_row(
    browser: Client, tmp_path: Path
) -> None:
    content = _package(browser)
    path = tmp_path / "package.zip"
    path.write_bytes(content)
    with zipfile.ZipFile(path) as package:
        manifest = json.loads(package.read("manifest.json"))
        assert package.read("verify_package.py") == TOOL.read_bytes()
        assert "第二件" in package.read("events.html").decode()
        print_out = pypdfium2.PdfDocument(package.read("events.pdf"))
        told = "".join(page.get_textpage().get_text_bounded() for page in print_out)
        assert "第二件" in told
        assert "分数" in told
        assert set(manifest["files"]) == set(package.namelist()) - {"manifest.json"}
    assert _verify(path, "--head", manifest["last_digest"]) == (0, "核验通过：文件、审计链与明细一致。\n")
    assert _verify(path, "--head", "0" * 64)[0] == 1
    assert _verify(TOOL)[0] == 2
    assert _verify(path.parent) == (2, "这是文件夹：请指定下载得到的 zip 文件，不要先解压。\n")

    def edit_table(files: dict[str, bytes]) -> None:
        files["events.csv"] = files["events.csv"].replace("第二件".encode(), "第八件".encode())
        _restate(files)

    path.write_bytes(_altered(content, edit_table))
    status, said = _verify(path)
    number = next(
        json.loads(line)["event_id"]
        for line in zipfile.ZipFile(io.BytesIO(content)).read("chain.jsonl").decode().splitlines()
        if "第二件" in line
    )
    assert status == 1
    assert f"事件 {number} 的“说明”与审计链不符" in said
    assert said.count("已被改动") == 1

    def edit_chain(files: dict[str, bytes]) -> None:
        edit_table(files)
        files["chain.jsonl"] = files["chain.jsonl"].replace("第二件".encode(), "第八件".encode())
        _restate(files)

    path.write_bytes(_altered(content, edit_chain))
    assert f"（事件 {number}）的内容与摘要不符，该行已被改动" in _verify(path)[1]

    def leave_out(files: dict[str, bytes]) -> None:
        lines = files["chain.jsonl"].decode().splitlines(keepends=True)
        files["chain.jsonl"] = "".join(line for line in lines if "第二件" not in line).encode()
        table = files["events.csv"].decode("utf-8").splitlines(keepends=True)
        files["events.csv"] = "".join(line for line in table if "第二件" not in line).encode()
        _restate(files)

    path.write_bytes(_altered(content, leave_out))
    assert "节缺失" in _verify(path)[1]


def test_a_column_changed_behind_the_products_back_is_named(browser: Client, tmp_path: Path) -> None:
    _as_owner("update audit_auditevent set note = '伪造' where note = '第三件'", "audit_auditevent")
    path = tmp_path / "package.zip"
    path.write_bytes(_package(browser))
    status, said = _verify(path)
    assert status == 1
    assert "的“说明”与审计链不符，该行已被改动" in said


def test_a_character_no_font_has_costs_the_print_and_not_the_package(browser: Client, tmp_path: Path) -> None:
    with transaction.atomic():
        enter(Actor.system())
        record(
            actor=Actor.system(),
            event="test.event",
            subject=None,
            moment=DatabaseClock().now(),
            note="\U00030edd",
        )
    path = tmp_path / "package.zip"
    path.write_bytes(_package(browser))
    with zipfile.ZipFile(path) as package:
        assert "events.pdf" not in package.namelist()
        assert "\U00030edd" in package.read("events.html").decode()
    assert _verify(path)[0] == 0


def test_making_one_is_an_event_with_its_digest(browser: Client) -> None:
    import hashlib

    digest = hashlib.sha256(_package(browser)).hexdigest()
    page = browser.get(reverse("audit:events"), {"event": "audit.package"}).content.decode()
    assert digest in page
    assert "抽查" in page


def test_a_range_without_events_is_a_plain_failure_of_the_job(browser: Client) -> None:
    page = _finish(
        browser,
        reverse("audit:package"),
        {"since": "2001-01-01", "until": "2001-01-02", "reason": "查"},
    )
    assert "这一范围内没有审计事件" in page.content.decode()


def test_the_chain_is_walked_as_a_job_and_a_break_is_named(browser: Client) -> None:
    assert "核验通过" in _finish(browser, reverse("audit:check_chain"), {}).content.decode()
    assert "核验通过" in browser.get(reverse("audit:chain")).content.decode()
    _as_owner("update audit_auditlink set digest = repeat('1', 64) where sequence = 1", "audit_auditlink")
    assert "第 1 节" in _finish(browser, reverse("audit:check_chain"), {}).content.decode()
    page = browser.get(reverse("audit:chain")).content.decode()
    assert "核验未通过" in page
    assert "第 1 节" in page


def _as_owner(statement: str, table: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select set_config('gf.role', 'system', true)")
        cursor.execute("reset role")
        cursor.execute(f"alter table {table} disable trigger user")
        cursor.execute(statement)
        cursor.execute(f"alter table {table} enable trigger user")
        cursor.execute("set role gf_app")
