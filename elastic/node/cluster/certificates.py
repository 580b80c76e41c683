"""A certificate authority of this machine, and the certificates it gives to embedded nodes."""

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

AUTHORITY_LIFE = timedelta(days=3650)
NODE_LIFE = timedelta(days=825)
"""Certificates of nodes are issued anew at each start, so none of them is renewed by hand."""
CLOCK_SKEW_ALLOWANCE = timedelta(minutes=5)
"""Valid from before now, for a reader whose clock is late."""


@dataclass(frozen=True)
class CertificatePair:
    """A certificate and its private key, PEM."""

    certificate: bytes
    key: bytes


def create_authority(now: datetime) -> CertificatePair:
    """An authority that signs certificates of nodes and no other authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("sas-search-engine embedded authority")
    constraints = x509.BasicConstraints(ca=True, path_length=0)
    builder = _builder(name, name, key, now, AUTHORITY_LIFE).add_extension(constraints, True)
    return _pair(builder.sign(key, hashes.SHA256()), key)


def issue_certificate(authority: CertificatePair, node: str, now: datetime) -> CertificatePair:
    """A certificate for a node on the loopback interface, HTTP and transport alike."""
    signer = serialization.load_pem_private_key(authority.key, None)
    if not isinstance(signer, ec.EllipticCurvePrivateKey):
        raise TypeError("The authority's key is not one we made: an elliptic curve is expected.")
    issuer = x509.load_pem_x509_certificate(authority.certificate).subject
    key = ec.generate_private_key(ec.SECP256R1())
    loopback = [ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1")]
    names = [x509.DNSName("localhost"), *map(x509.IPAddress, loopback)]
    builder = _builder(_name(node), issuer, key, now, NODE_LIFE).add_extension(
        x509.SubjectAlternativeName(names), False
    )
    return _pair(builder.sign(signer, hashes.SHA256()), key)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    now: datetime,
    life: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCK_SKEW_ALLOWANCE)
        .not_valid_after(now + life)
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _pair(certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> CertificatePair:
    return CertificatePair(
        certificate.public_bytes(serialization.Encoding.PEM),
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )
