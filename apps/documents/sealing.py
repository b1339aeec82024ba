"""Electronic signatures on issued PDF: an interface for the bureau's seal service, and a self-made seal for trying out.

The setting `GF_SEAL` names a class with the method of `Seal` (dotted path); empty: papers are not signed. The self-made
seal proves integrity on one installation only; it is no qualified electronic seal (电子签名法第十三条 asks for one).
"""

from __future__ import annotations

import io
import secrets
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
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from apps.documents.rendering.errors import RenderFailed

_FIELD: Final = "GreenFactorySeal"
_FOLDER: Final = "seal"
_KEY_BITS: Final = 3072
_DAYS: Final = 3650


class Seal(Protocol):
    """Signs a finished PDF; the bureau's adapter calls its seal service here."""

    def sign(self, pdf: bytes, *, signer: str, reason: str) -> bytes:
        """Return the signed PDF; raises RenderFailed when the seal cannot be used."""
        ...


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


def sealed(pdf: bytes, *, signer: str, reason: str) -> bytes:
    """Return the PDF signed by the configured seal, or as it is where none is configured."""
    if not settings.GF_SEAL:
        return pdf
    seal: Seal = import_string(settings.GF_SEAL)()
    return seal.sign(pdf, signer=signer, reason=reason)


def seal_problem(pdf: bytes, certificate: Path | None = None) -> str:
    """Return what is wrong with the signature of a PDF, in Chinese; empty when it is whole and ours.

    Args:
        pdf: the file as it came back.
        certificate: the certificate trusted, PEM; None for the test seal's own.
    """
    path = certificate or _paths()[1]
    trusted = load_cert_from_pemder(path)  # type: ignore[no-untyped-call]  # the library's loader
    try:
        found = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
        if not found:
            return "文件没有电子签名。"
        _start, _length, start, length = found[0].byte_range
        if start + length != len(pdf):
            return "文件在签名后被追加内容。"
        context = ValidationContext(trust_roots=[trusted])
        status = validate_pdf_signature(found[0], signer_validation_context=context)
    except (PdfReadError, ValueError):
        return "文件已损坏，无法验证电子签名。"
    if not status.intact or not status.valid:
        return "文件在签名后被改动。"
    if not status.trusted:
        return "签名证书不是本机所信任的证书。"
    return "" if status.bottom_line else "签名后文件有不允许的变更。"


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
