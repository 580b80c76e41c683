"""What TLS says of a connection, for the application: the ASGI extension ``tls``.

Source: https://asgi.readthedocs.io/en/latest/specs/tls.html. The handshake checks the certificate
of a client against the authorities of the listener, and ends when it fails.
"""

import asyncio
import os
import ssl
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

CIPHER_BITS = 0xFFFF
"""OpenSSL numbers a cipher suite with its protocol above the 16 bits of the standard."""


def describe_tls(
    transport: asyncio.BaseTransport, certificate: str | os.PathLike[str] | None
) -> dict[object, object] | None:
    """The extension of one connection; None without TLS.

    ``certificate``: the file of the server's own certificate, PEM. The chain of a client holds its
    own certificate alone: Python gives no other before 3.13.
    """
    negotiated: ssl.SSLObject | None = transport.get_extra_info("ssl_object")
    if negotiated is None:
        return None
    encoded = negotiated.getpeercert(binary_form=True)
    client = None if encoded is None else x509.load_der_x509_certificate(encoded)
    version, cipher = negotiated.version(), negotiated.cipher()
    return {
        "server_cert": None if certificate is None else read_first_certificate(Path(certificate)),
        "client_cert_chain": () if client is None else (_encode_pem(client),),
        "client_cert_name": None if client is None else client.subject.rfc4514_string(),
        "client_cert_error": None,
        "tls_version": version and ssl.TLSVersion[version.replace(".", "_")].value,
        "cipher_suite": cipher and number_ciphers(negotiated.context).get(cipher[0]),
    }


@lru_cache(maxsize=4)
def read_first_certificate(path: Path) -> str:
    """The certificate of the server, PEM, without the chain that follows it in its file."""
    return _encode_pem(x509.load_pem_x509_certificates(path.read_bytes())[0])


@lru_cache(maxsize=4)
def number_ciphers(context: ssl.SSLContext) -> dict[str, int]:
    """The number of each cipher suite in the registry of IANA, by its name in OpenSSL."""
    return {cipher["name"]: cipher["id"] & CIPHER_BITS for cipher in context.get_ciphers()}


def _encode_pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode("ascii")
