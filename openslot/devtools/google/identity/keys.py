"""The key that signs id_tokens, and its public half in both of Google's forms."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from functools import cache
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID


class SigningKey:
    """RS256, with a certificate that outlives every clock of the tests."""

    def __init__(self) -> None:
        self.kid = uuid.uuid4().hex
        self.private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "openslot-emulator")])
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.private.public_key())
            .serial_number(1)
            .not_valid_before(datetime(2000, 1, 1, tzinfo=UTC))
            .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
            .sign(self.private, hashes.SHA256())
        )

    def signed(self, claims: dict[str, Any], *, kid: str = "") -> str:
        return jwt.encode(claims, self.private, algorithm="RS256", headers={"kid": kid or self.kid})

    def pem(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode()

    def pems(self) -> dict[str, str]:
        """`/oauth2/v1/certs`"""
        return {self.kid: self.pem()}

    def jwks(self) -> dict[str, Any]:
        """`/oauth2/v3/certs`"""
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.private.public_key()))
        key = {"kid": self.kid, "use": "sig", "alg": "RS256"}
        return {"keys": [key | {name: public[name] for name in ("kty", "n", "e")}]}


@cache
def shared() -> SigningKey:
    """One for the process: making it takes a tenth of a second."""
    return SigningKey()
