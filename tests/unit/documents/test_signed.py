"""Signed papers, from the award to the page on which anybody checks them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from apps.core.actor import Actor
from apps.documents import kinds, selectors, services, storage
from apps.documents.sealing import seal_problem
from apps.documents.services import verifying
from apps.jobs import services as jobs
from apps.titles import selectors as titles
from tests.unit.documents.conftest import City

FILE = reverse("public:verify_file")


@pytest.fixture(autouse=True)
def _sealed(settings: Any) -> None:
    settings.GF_SEAL = "apps.documents.sealing.SelfMadeSeal"


@pytest.fixture
def title(city: City) -> str:
    rows = titles.titles_of(actor=city.enterprise("rectifying"))
    return next(row.public_id for row in rows if row.level == 3)


def certificate(city: City, title: str) -> Path:
    """Have the certificate of a title made by its enterprise; return the file that is kept."""
    actor = city.enterprise("rectifying")
    asked = services.request_document(actor=actor, clock=city.clock, kind=kinds.CERTIFICATE, public_id=title)
    assert jobs.run_job(clock=city.clock, public_id=asked.job, keep_lease=False)
    city.be(actor)
    row = selectors.documents_of(actor=actor, public_id=title, kinds=[kinds.CERTIFICATE])[0]
    kept = services.open_document(actor=actor, clock=city.clock, public_id=row.public_id).path
    city.be(Actor.system())
    return kept


def shown(answer: Any) -> str:
    return str(answer.content.decode())


def number_of(city: City, title: str) -> str:
    return titles.title_file(actor=city.handler, public_id=title).row.certificate_no or ""


def sent(content: bytes, name: str = "证书.pdf") -> Any:
    return Client().post(FILE, {"file": SimpleUploadedFile(name, content)})


def test_a_certificate_is_signed_when_made_and_anybody_sees_that_it_is(city: City, title: str) -> None:
    address = reverse("public:verify_form") + f"?no={number_of(city, title)}"
    city.be(Actor.system())
    assert "电子签名" not in shown(Client().get(address)), "nothing is claimed before the paper is made"
    kept = certificate(city, title)
    content = kept.read_bytes()
    assert seal_problem(content) == ""
    page = shown(Client().get(address))
    assert "电子签名有效" in page
    assert "绿色工厂平台测试签章（自签名）" in page

    found = sent(content)
    assert found.status_code == 200
    assert "本平台出具，内容未被改动" in shown(found)
    assert "电子签名有效" in shown(found)
    middle = len(content) // 2
    changed = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
    for other in (changed, content + b"\n", b"%PDF-1.7\n<script>"):
        answer = sent(other, "<b>证书.pdf")
        assert "不是本平台出具的文件" in shown(answer)
        assert "<b>证书" not in shown(answer)


def test_a_damaged_file_of_ours_vouches_for_nothing(city: City, title: str) -> None:
    kept = certificate(city, title)
    content = kept.read_bytes()
    kept.write_bytes(content[:-5])
    page = shown(sent(content))
    assert "平台所存文件校验未通过" in page
    assert "电子签名有效" not in page
    storage.keep(content)
    assert "电子签名有效" in shown(sent(content))


def test_a_seal_nobody_trusts_any_more_is_said_to_be_so(
    city: City, title: str, settings: Any, tmp_path: Path
) -> None:
    content = certificate(city, title).read_bytes()
    settings.STATE_DIR = tmp_path / "another"
    page = shown(sent(content))
    assert "电子签名未通过验证" in page
    assert "签名证书不是本机所信任的证书" in page


def test_a_paper_issued_without_a_signature_says_so(city: City, title: str, settings: Any) -> None:
    settings.GF_SEAL = ""
    content = certificate(city, title).read_bytes()
    assert "本文书未加电子签名" in shown(sent(content))
    settings.GF_SEAL = "apps.documents.sealing.SelfMadeSeal"
    assert "本文书未加电子签名" in shown(sent(content))


def test_no_file_and_too_large_a_file_are_refused(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    empty = Client().post(FILE, {})
    assert empty.status_code == 422
    assert "请选择要核对的 PDF 文件" in shown(empty)
    monkeypatch.setattr(verifying, "MOST_MB", 1)
    large = sent(b"x" * (1024 * 1024 + 1))
    assert large.status_code == 422
    assert "超过 1 MB 上限" in shown(large)
    assert Client().get(FILE).status_code == 200
