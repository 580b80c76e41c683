"""An invented authority and the certificates that it gives: of the platform, of each editor."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

VALIDITY = timedelta(days=30)
SKEW = timedelta(minutes=5)
"""A certificate is valid a little before it is made: clocks differ."""

SERVER_NAMES = (x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1")))


@dataclass(frozen=True, slots=True)
class SubjectName:
    """Who a certificate is of."""

    common_name: str
    organizational_unit: str


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    """PEM files of one certificate and its key."""

    certificate: Path
    key: Path


class CertificateAuthority:
    """Gives certificates valid from ``now`` (aware) on."""

    def __init__(self, folder: Path, now: datetime, name: str = "Autorite simulee") -> None:
        self._folder, self._now = folder, now
        folder.mkdir(parents=True, exist_ok=True)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _build_name(SubjectName(name, "simulation"))
        own = self._build(self._name, self._key.public_key())
        own = own.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        self.file = folder / "authority.pem"
        self.file.write_bytes(_sign(own, self._key))

    def issue(
        self, file: str, subject: SubjectName, *, from_now: timedelta = timedelta(0)
    ) -> CertificateFiles:
        """A certificate for both ends of TLS, in ``file``.pem; ``from_now`` moves its validity."""
        key = ec.generate_private_key(ec.SECP256R1())
        built = self._build(_build_name(subject), key.public_key(), from_now)
        usages = x509.ExtendedKeyUsage(
            [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        )
        built = built.add_extension(x509.SubjectAlternativeName(SERVER_NAMES), critical=False)
        built = built.add_extension(usages, critical=False)
        files = CertificateFiles(self._folder / f"{file}.pem", self._folder / f"{file}.key")
        files.certificate.write_bytes(_sign(built, self._key))
        files.key.touch(mode=0o600)
        files.key.write_bytes(_write_key(key))
        return files

    def _build(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePublicKey,
        from_now: timedelta = timedelta(0),
    ) -> x509.CertificateBuilder:
        begin = self._now + from_now
        return x509.CertificateBuilder(
            issuer_name=self._name,
            subject_name=subject,
            public_key=key,
            serial_number=x509.random_serial_number(),
            not_valid_before=begin - SKEW,
            not_valid_after=begin + VALIDITY,
        )


def _build_name(subject: SubjectName) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, subject.organizational_unit),
            x509.NameAttribute(NameOID.COMMON_NAME, subject.common_name),
        ]
    )


def _sign(built: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey) -> bytes:
    return built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _write_key(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
