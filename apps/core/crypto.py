"""Encryption of short secrets at rest: AES-256-GCM, key named in every value so that it can be rotated."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from functools import lru_cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

#: The key made from the site's secret, for sites that name none of their own.
FIRST_KEY = "k1"
_NONCE_BYTES = 12
_DIGEST_BYTES = 16


def key_ids() -> list[str]:
    """Return the identifiers of the known keys, the one in use last."""
    named = list(settings.GF_FIELD_KEYS)
    return named if FIRST_KEY in named else [FIRST_KEY, *named]


def current_key_id() -> str:
    """Return the identifier of the key that seals now."""
    return key_ids()[-1]


def key_id_of(value: str) -> str:
    """Return which key sealed *value*."""
    return value.partition(".")[0]


def _key(key_id: str) -> bytes:
    """Return the key of an identifier.

    Raises:
        KeyError: the identifier is not configured (GF_FIELD_KEYS lacks a key that still seals values).
    """
    return _derived(f"gf:{key_id}", _secret(key_id))


def _secret(key_id: str) -> str:
    """Return the secret of an identifier.

    Raises:
        KeyError: the identifier is not configured (GF_FIELD_KEYS lacks a key that still seals values).
    """
    secret = settings.GF_FIELD_KEYS.get(key_id) or (settings.SECRET_KEY if key_id == FIRST_KEY else None)
    if secret is None:
        raise KeyError(key_id)
    return str(secret)


@lru_cache(maxsize=32)
def _derived(purpose: str, secret: str) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose.encode()).derive(
        secret.encode()
    )


def lookup_digest(text: str, key_id: str = "") -> str:
    """Return the keyed digest by which a sealed value is found again: letter case and outer blanks do not count.

    Without the key it can neither be computed nor be tried out (HMAC-SHA-256, cut to 128 bits; a key of its own,
    derived from the same secret). It changes with the key: `lookup_digests` gives those of all known keys.

    Raises:
        KeyError: the key is not configured.
    """
    name = key_id or current_key_id()
    key = _derived(f"gf:{name}:lookup", _secret(name))
    found = hmac.new(key, text.strip().casefold().encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(found[:_DIGEST_BYTES]).decode().rstrip("=")


def lookup_digests(text: str) -> list[str]:
    """Return the digests of *text* under every known key: values sealed before a change of key are still found."""
    return [lookup_digest(text, key_id) for key_id in key_ids()]


def encrypt(text: str) -> str:
    """Return `key id . nonce+ciphertext` in URL-safe base64."""
    key_id = current_key_id()
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = AESGCM(_key(key_id)).encrypt(nonce, text.encode(), key_id.encode())
    return f"{key_id}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def decrypt(value: str) -> str:
    """Return the plain text.

    Raises:
        cryptography.exceptions.InvalidTag: the value was changed or sealed with another key.
        KeyError: the key is not configured.
    """
    key_id, _, body = value.partition(".")
    raw = base64.urlsafe_b64decode(body)
    return AESGCM(_key(key_id)).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], key_id.encode()).decode()


def reseal(value: str) -> str:
    """Return *value* sealed with the key in use; itself when it already is."""
    return value if key_id_of(value) == current_key_id() else encrypt(decrypt(value))
