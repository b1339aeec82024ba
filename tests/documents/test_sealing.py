"""Signed papers: whole files are recognised, changed ones are found out, foreign seals are not trusted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from apps.documents.rendering.engine import RenderedPdf
from apps.documents.sealing import SelfMadeSeal, make_test_certificate, seal_problem, sealed
from tests.documents.measure import squeezed


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, settings: Any) -> None:
    settings.STATE_DIR = tmp_path
    settings.GF_SEAL = "apps.documents.sealing.SelfMadeSeal"


@pytest.fixture
def paper(rendered: Callable[[str], RenderedPdf]) -> bytes:
    return rendered("certificate").content


def sign(pdf: bytes) -> bytes:
    return sealed(pdf, signer="苏州市工业和信息化局", reason="印发")


def test_a_signed_paper_is_whole_and_says_the_same(paper: bytes) -> None:
    signed = sign(paper)
    assert signed.startswith(paper)  # nothing of what was signed is rewritten
    assert seal_problem(signed) == ""
    texts = []
    for content in (paper, signed):
        document = pypdfium2.PdfDocument(content)
        texts.append(squeezed(document[0]))
        document.close()
    assert texts[0] == texts[1]


def test_a_changed_byte_is_found_out(paper: bytes) -> None:
    signed = sign(paper)
    at = len(paper) // 2
    changed = signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :]
    assert seal_problem(changed) in {"文件在签名后被改动。", "文件已损坏，无法验证电子签名。"}


def test_something_added_is_found_out(paper: bytes) -> None:
    assert seal_problem(SelfMadeSeal().sign(paper, signer="甲", reason="印发") + b"\n% more") != ""


def test_an_unsigned_paper_is_said_to_be_so(paper: bytes) -> None:
    make_test_certificate()
    assert seal_problem(paper) == "文件没有电子签名。"


def test_another_installation_does_not_trust_it(paper: bytes, tmp_path: Path, settings: Any) -> None:
    signed = sign(paper)
    settings.STATE_DIR = tmp_path / "other"
    make_test_certificate()
    assert seal_problem(signed) == "签名证书不是本机所信任的证书。"


def test_without_a_seal_nothing_is_signed(paper: bytes, settings: Any) -> None:
    settings.GF_SEAL = ""
    assert sign(paper) == paper


def test_the_key_is_its_owners_alone() -> None:
    key, certificate = make_test_certificate()
    assert key.stat().st_mode & 0o077 == 0
    assert make_test_certificate() == (key, certificate)
