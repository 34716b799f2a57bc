"""The certificate of a team's HTTPS, computed from its lab: nothing of it is stored.

It is signed by its own key, so browsers warn; the sheet has the fingerprint to compare. The same
lab has the same certificate all year (UTC), whoever computes it.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from range.plan.model import LabPlan
from range.plan.secrets import derive

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256


def certificate(lab: LabPlan, today: datetime | None = None) -> x509.Certificate:
    """Return the certificate of a lab. Browsers do not know Ed25519, so the key is on P-256."""
    year = (today or datetime.now(UTC)).year
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _host_name(lab))])
    key = _key(lab)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(int.from_bytes(derive(lab.seed, "https-serial", str(year))[:16]) >> 1 | 1)
        .not_valid_before(datetime(year, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(year + 2, 1, 1, tzinfo=UTC))  # Apple takes up to 825 days
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(_host_name(lab))]), False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, SHA256(), ecdsa_deterministic=True)
    )


def certificate_text(lab: LabPlan) -> str:
    """Return the certificate as PEM."""
    return certificate(lab).public_bytes(Encoding.PEM).decode()


def key_text(lab: LabPlan) -> str:
    """Return its private key as PEM."""
    return _key(lab).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def fingerprint(lab: LabPlan) -> str:
    """Return the certificate's SHA-256 as browsers show it: `AB:CD:...`."""
    digest = hashlib.sha256(certificate(lab).public_bytes(Encoding.DER)).digest()
    return digest.hex(":").upper()


def _key(lab: LabPlan) -> EllipticCurvePrivateKey:
    number = int.from_bytes(derive(lab.seed, "https-key"))
    return derive_private_key(number % (_ORDER - 1) + 1, SECP256R1())


def _host_name(lab: LabPlan) -> str:
    return f"{lab.team}.cyder.example"
