"""A ballot as the box keeps it: answers and codes, padded to one length, sealed to the wave's public key.

HPKE (RFC 9180) in base mode: X25519, HKDF-SHA256, AES-256-GCM. All ballots have the same length, whatever was
written; the wave is bound in, so that a ballot cannot be moved to another one.
"""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

PLAIN_BYTES = 4096
SEALED_BYTES = 32 + PLAIN_BYTES + 16  # encapsulated key, text, authentication tag: the database checks it
LENGTH_BYTES = 2
SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class SealError(Exception):
    """A ballot that this key does not open, or that says nothing sensible inside."""


class TooLongError(ValueError):
    """More was written than fits a ballot; ``over``: by how many bytes."""

    def __init__(self, over: int) -> None:
        super().__init__(f"{over} bytes too long")
        self.over = over


def new_private_key() -> bytes:
    """The private key of a wave, 32 bytes. Only the tally calls this."""
    return X25519PrivateKey.generate().private_bytes_raw()


def public_key_of(private: bytes) -> bytes:
    """The public key that belongs to it, 32 bytes."""
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def fingerprint(public: bytes) -> str:
    """What a public page shows of a key, so that it can be compared later."""
    digest = hashes.Hash(hashes.SHA256())
    digest.update(public)
    return digest.finalize().hex()[:32]


def room_left(said: dict[str, Any]) -> int:
    """Bytes that may still be written into a ballot; negative when it is too long."""
    return PLAIN_BYTES - LENGTH_BYTES - len(_plain(said))


def seal(public: bytes, wave: UUID, said: dict[str, Any]) -> bytes:
    """Seal a ballot: always SEALED_BYTES long. Raises TooLongError."""
    plain = _plain(said)
    if room_left(said) < 0:
        raise TooLongError(-room_left(said))
    padded = (len(plain).to_bytes(LENGTH_BYTES, "big") + plain).ljust(PLAIN_BYTES, b"\0")
    return SUITE.encrypt(padded, X25519PublicKey.from_public_bytes(public), info=_info(wave))


def unseal(private: bytes, wave: UUID, sealed: bytes) -> dict[str, Any]:
    """Open a ballot. Raises SealError."""
    key = X25519PrivateKey.from_private_bytes(private)
    try:
        padded = SUITE.decrypt(sealed, key, info=_info(wave))
        length = int.from_bytes(padded[:LENGTH_BYTES], "big")
        said = json.loads(padded[LENGTH_BYTES : LENGTH_BYTES + length])
    except (InvalidTag, ValueError) as error:
        raise SealError from error
    if not isinstance(said, dict):
        raise SealError
    return said


def seal_key(trustee: bytes, wave: UUID, private: bytes) -> bytes:
    """A copy of a wave's private key that only the trustee's own private key opens."""
    return SUITE.encrypt(private, X25519PublicKey.from_public_bytes(trustee), info=_copy_info(wave))


def unseal_key(trustee_private: bytes, wave: UUID, copy: bytes) -> bytes:
    """What the trustee hands back when the tally has lost a key. Raises SealError."""
    try:
        return SUITE.decrypt(
            copy, X25519PrivateKey.from_private_bytes(trustee_private), info=_copy_info(wave)
        )
    except (InvalidTag, ValueError) as error:
        raise SealError from error


def _plain(said: dict[str, Any]) -> bytes:
    return json.dumps(said, separators=(",", ":"), ensure_ascii=False).encode()


def _info(wave: UUID) -> bytes:
    return b"tend ballot 1 " + wave.bytes


def _copy_info(wave: UUID) -> bytes:
    return b"tend key copy 1 " + wave.bytes
