"""Electronic signatures on issued PDF: an interface for the bureau's seal service, and a self-made seal for trying out.

The setting `GF_SEAL` names a class with the methods of `Seal` (dotted path); empty: papers are not signed. The
self-made seal proves integrity on one installation only; it is no qualified electronic seal (电子签名法第十三条).
How a bureau connects its own seal is written in docs/operations/seal.md.
"""

from __future__ import annotations

import io
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.utils.module_loading import import_string
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import EmbeddedPdfSignature, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from apps.documents.rendering.errors import RenderFailed

_FIELD: Final = "GreenFactorySeal"
_FOLDER: Final = "seal"
_KEY_BITS: Final = 3072
_DAYS: Final = 3650


class Seal(Protocol):
    """Signs a finished PDF; the bureau's adapter calls its seal service here."""

    def sign(self, pdf: bytes, *, signer: str, reason: str) -> bytes:
        """Return the signed PDF.

        Args:
            pdf: the finished file; what the adapter returns must begin with these bytes (an incremental update).
            signer: the bureau in whose name it is signed.
            reason: what kind of paper it is.

        Raises:
            RenderFailed: the seal cannot be used; the paper is then not issued.
        """
        ...

    def roots(self) -> tuple[Path, ...]:
        """Return the certificates (PEM or DER) that signatures of this seal lead back to."""
        ...


@dataclass(frozen=True, slots=True)
class Signature:
    """What a file's signature is worth.

    `problem`: what is wrong in Chinese, empty when the signature is whole and trusted. `certificate`: whose certificate
    signed, `signed_at`: when, as the signature itself says; both empty where there is no readable signature.
    """

    problem: str
    certificate: str = ""
    signed_at: datetime | None = None


class SelfMadeSeal:
    """A seal with a self-made certificate in the state folder, for trying out and for tests."""

    def sign(self, pdf: bytes, *, signer: str, reason: str) -> bytes:
        """Return the PDF with a certifying signature: nothing may be changed after it."""
        key, certificate = make_test_certificate()
        loaded = signers.SimpleSigner.load(str(key), str(certificate))  # type: ignore[no-untyped-call]  # the library's loader
        if loaded is None:
            raise RenderFailed("the test seal cannot be read")
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        meta = signers.PdfSignatureMetadata(
            field_name=_FIELD, name=signer, reason=reason, certify=True, docmdp_permissions=MDPPerm.NO_CHANGES
        )
        out = io.BytesIO()
        signers.sign_pdf(writer, meta, signer=loaded, output=out)
        return out.getvalue()

    def roots(self) -> tuple[Path, ...]:
        """Return the self-made certificate; none before the first signature."""
        certificate = _paths()[1]
        return (certificate,) if certificate.is_file() else ()


def configured() -> Seal | None:
    """Return the configured seal, None where papers are not signed."""
    return import_string(settings.GF_SEAL)() if settings.GF_SEAL else None


def sealed(pdf: bytes, *, signer: str, reason: str) -> bytes:
    """Return the PDF signed by the configured seal, or as it is where none is configured."""
    seal = configured()
    return pdf if seal is None else seal.sign(pdf, signer=signer, reason=reason)


def examine(pdf: bytes, *, roots: Sequence[Path] | None = None) -> Signature:
    """Return what the signature of a PDF of ours is worth.

    Only for files this platform has made itself: the reader of signatures runs in this process.

    Args:
        pdf: the file.
        roots: certificates trusted; None for those of the configured seal.
    """
    if roots is None:
        seal = configured()
        roots = seal.roots() if seal is not None else ()
    try:
        found = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
        if not found:
            return Signature("文件没有电子签名。")
        one = found[0]
        signed_by = str(one.signer_cert.subject.native.get("common_name", ""))
        signed_at = one.self_reported_timestamp
        return Signature(_problem(one, pdf, roots), signed_by, signed_at)
    except (PdfReadError, ValueError):
        return Signature("文件已损坏，无法验证电子签名。")


def _problem(one: EmbeddedPdfSignature, pdf: bytes, roots: Sequence[Path]) -> str:
    """Say what is wrong with a signature, "" when nothing is."""
    _start, _length, start, length = one.byte_range
    if start + length != len(pdf):
        return "文件在签名后被追加内容。"
    trusted = [load_cert_from_pemder(path) for path in roots]  # type: ignore[no-untyped-call]  # the library's loader
    context = ValidationContext(trust_roots=trusted)
    status = validate_pdf_signature(one, signer_validation_context=context)
    if not status.intact or not status.valid:
        return "文件在签名后被改动。"
    if not status.trusted:
        return "签名证书不是本机所信任的证书。"
    return "" if status.bottom_line else "签名后文件有不允许的变更。"


def seal_problem(pdf: bytes) -> str:
    """Return what is wrong with the signature of a PDF, in Chinese; empty when it is whole and ours."""
    return examine(pdf).problem


def _paths() -> tuple[Path, Path]:
    folder = Path(settings.STATE_DIR) / _FOLDER
    return folder / "key.pem", folder / "certificate.pem"


def make_test_certificate() -> tuple[Path, Path]:
    """Return the paths of key and certificate of the test seal, made on first use (readable by the owner only)."""
    key_path, certificate_path = _paths()
    if key_path.is_file() and certificate_path.is_file():
        return key_path, certificate_path
    key_path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "绿色工厂平台测试签章（自签名）")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=True,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=True,
                crl_sign=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )
    _write(
        key_path,
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
    )
    _write(certificate_path, made.public_bytes(serialization.Encoding.PEM))
    return key_path, certificate_path


def _write(path: Path, content: bytes) -> None:
    waiting = path.with_name(f".{secrets.token_hex(8)}")
    waiting.touch(mode=0o600)
    waiting.write_bytes(content)
    waiting.replace(path)
