"""Encryption of short secrets at rest: AES-256-GCM, key named in every value so that it can be rotated."""

from __future__ import annotations

import base64
import secrets

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_KEY_ID = "k1"
_NONCE_BYTES = 12


def _key(key_id: str) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=f"gf:{key_id}".encode()).derive(
        settings.SECRET_KEY.encode()
    )


def encrypt(text: str) -> str:
    """Return `key id . nonce+ciphertext` in URL-safe base64."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = AESGCM(_key(_KEY_ID)).encrypt(nonce, text.encode(), _KEY_ID.encode())
    return f"{_KEY_ID}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def decrypt(value: str) -> str:
    """Return the plain text.

    Raises:
        cryptography.exceptions.InvalidTag: the value was changed or sealed with another key.
    """
    key_id, _, body = value.partition(".")
    raw = base64.urlsafe_b64decode(body)
    return AESGCM(_key(key_id)).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], key_id.encode()).decode()
