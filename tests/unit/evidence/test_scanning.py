"""The virus scanner: asked at upload, believed, and nothing leaves the house while it is silent."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.audit.models import AuditEvent
from apps.core.actor import Actor
from apps.core.errors import Invalid
from apps.core.scoping import enter
from apps.evidence import selectors, services
from apps.evidence.inspection import scanner
from apps.evidence.models import EvidenceFile
from apps.evidence.states import CLEAN, CONTENT_CHECKED, INFECTED, PENDING
from tests.unit.evidence import samples
from tests.unit.scoring.scenes import Scene

pytestmark = pytest.mark.django_db


class Daemon:
    """Speaks the scanner's protocol on a socket and answers as it is told."""

    def __init__(self, path: Path) -> None:
        self.answer, self.received = b"stream: OK\0", b""
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                self.received = b""
                while size := int.from_bytes(stream.read(4), "big"):
                    self.received += stream.read(size)
                connection.sendall(self.answer)


@pytest.fixture
def daemon(settings: Any, tmp_path: Path) -> Iterator[Daemon]:
    """Return a scanner that is configured and finds nothing."""
    path = tmp_path / "clamd.ctl"
    made = Daemon(path)
    settings.GF_CLAMD = f"unix:{path}"
    settings.GF_PAGE_CACHE_DIR = tmp_path / "pages"
    yield made
    made.listener.close()


def _upload(scene: Scene, content: bytes | None = None) -> EvidenceFile:
    enter(scene.enterprise)
    sent = SimpleUploadedFile("证书.pdf", content or samples.pdf())
    stored = services.store_upload(actor=scene.enterprise, clock=scene.clock, upload=sent)
    return EvidenceFile.objects.get(public_id=stored.public_id)


def _opens(scene: Scene, file: EvidenceFile) -> bool:
    enter(scene.enterprise)
    call = {"actor": scene.enterprise, "clock": scene.clock, "public_id": file.public_id}
    try:
        services.open_file(**call)
    except services.NotCleared:
        for size in ("s", "thumb"):
            with pytest.raises(services.NotCleared):
                services.open_page(**call, number=1, size=size)
        shown = services.view_file(**call)
        assert shown.pages == 0
        assert shown.message == selectors.file_row(actor=scene.enterprise, public_id=file.public_id).withheld
        return False
    return bool(services.open_page(**call, number=1, size="s"))


def test_without_a_scanner_files_are_content_checked(scene: Scene, settings: Any, tmp_path: Path) -> None:
    settings.GF_PAGE_CACHE_DIR = tmp_path / "pages"
    file = _upload(scene)
    assert file.scan_state == CONTENT_CHECKED
    assert _opens(scene, file)
    assert services.scan_waiting(clock=scene.clock) == 0


def test_a_clean_file_is_handed_out(scene: Scene, daemon: Daemon) -> None:
    file = _upload(scene)
    assert daemon.received == samples.pdf()
    assert (file.scan_state, file.scanned_at) == (CLEAN, scene.clock.now().at)
    assert _opens(scene, file)


def test_a_virus_is_refused_at_upload(scene: Scene, daemon: Daemon, media: Path) -> None:
    daemon.answer = b"stream: Eicar-Signature FOUND\0"
    with pytest.raises(Invalid, match="检测到病毒，文件已拒绝"):
        _upload(scene)
    assert not EvidenceFile.objects.exists()
    assert [path for path in media.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"garbage\0"])
def test_a_scanner_that_does_not_answer_keeps_the_file_in(
    scene: Scene, daemon: Daemon, answer: bytes
) -> None:
    daemon.answer = answer
    file = _upload(scene)
    assert (file.scan_state, file.scanned_at) == (PENDING, None)
    assert not _opens(scene, file)
    assert services.scan_waiting(clock=scene.clock) == 0
    daemon.answer = b"stream: OK\0"
    assert services.scan_waiting(clock=scene.clock) == 1
    assert _opens(scene, file)
    assert services.scan_waiting(clock=scene.clock) == 0


def test_an_unreachable_scanner_closes_the_door_for_old_files_too(
    scene: Scene, settings: Any, tmp_path: Path
) -> None:
    settings.GF_PAGE_CACHE_DIR = tmp_path / "pages"
    old = _upload(scene)
    assert _opens(scene, old)
    settings.GF_CLAMD = f"unix:{tmp_path / 'nobody.ctl'}"
    new = _upload(scene, samples.pdf(2))
    assert new.scan_state == PENDING
    assert not _opens(scene, new)
    assert not _opens(scene, old)  # its pages lie drawn already
    assert services.scan_waiting(clock=scene.clock) == 0


def test_a_virus_found_later_shuts_the_file_away(scene: Scene, daemon: Daemon, tmp_path: Path) -> None:
    daemon.answer = b""
    file = _upload(scene)
    daemon.answer = b"stream: Win.Test FOUND\0"
    assert services.scan_waiting(clock=scene.clock) == 1
    enter(scene.enterprise)
    file.refresh_from_db()
    assert file.scan_state == INFECTED
    assert not _opens(scene, file)
    row = selectors.file_row(actor=scene.enterprise, public_id=file.public_id)
    assert (row.scan_label, "已隔离" in row.withheld) == ("检测到病毒", True)
    enter(Actor.system())
    assert AuditEvent.objects.get(event="evidence.infected").after["virus"] == "Win.Test"


@pytest.mark.parametrize("address", ["clamd", "tcp:host", "tcp::3310", "http://x"])
def test_a_wrong_address_is_an_error_of_the_installation(settings: Any, tmp_path: Path, address: str) -> None:
    settings.GF_CLAMD = address
    path = tmp_path / "a"
    path.write_bytes(b"x")
    with pytest.raises(ImproperlyConfigured):
        scanner.scan(path)
