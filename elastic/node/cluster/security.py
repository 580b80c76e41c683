"""Security of the embedded cluster: an authority, certificates, a first password."""

import os
import secrets
import shutil
import subprocess
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from elastic.node.cluster.access import AUTHORITY, FOLDER, PASSWORD
from elastic.node.cluster.certificates import CertificatePair, create_authority, issue_certificate
from elastic.node.errors import NodeError

AUTHORITY_KEY = "ca.key"
KEYSTORE = "elasticsearch.keystore"
OWNER_ONLY = 0o600
PASSWORD_BYTES = 24
KEYSTORE_WAIT_S = 120

SECURE_SETTINGS = {
    "xpack.security.enabled": "true",
    "xpack.security.authc.api_key.enabled": "true",
    "xpack.security.http.ssl.enabled": "true",
    "xpack.security.http.ssl.key": "certs/node.key",
    "xpack.security.http.ssl.certificate": "certs/node.pem",
    "xpack.security.transport.ssl.enabled": "true",
    "xpack.security.transport.ssl.verification_mode": "full",
    "xpack.security.transport.ssl.key": "certs/node.key",
    "xpack.security.transport.ssl.certificate": "certs/node.pem",
    "xpack.security.transport.ssl.certificate_authorities": "certs/ca.pem",
}
"""TLS on both ways in; a node whose certificate is not of our authority cannot join."""


def create_secrets(root: Path, home: Path, environment: Mapping[str, str], now: datetime) -> None:
    """Make what is not there yet in ``root/security``; ``environment`` finds Java.

    Raises ``NodeError`` when the distribution cannot write its keystore.
    """
    folder = root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / AUTHORITY_KEY).exists():
        authority = create_authority(now)
        (folder / AUTHORITY).write_bytes(authority.certificate)
        write_private(folder / AUTHORITY_KEY, authority.key)
    if not (folder / KEYSTORE).exists():
        password = secrets.token_urlsafe(PASSWORD_BYTES)
        write_private(folder / PASSWORD, password.encode())
        _make_keystore(folder, home, environment, password)


def install_node_secrets(root: Path, config: Path, node: str, now: datetime) -> None:
    """Put into a node's configuration its certificate, fresh, the authority and the keystore."""
    folder, certs = root / FOLDER, config / "certs"
    certs.mkdir()
    authority = CertificatePair(
        (folder / AUTHORITY).read_bytes(),
        (folder / AUTHORITY_KEY).read_bytes(),
    )
    own = issue_certificate(authority, node, now)
    (certs / "ca.pem").write_bytes(authority.certificate)
    (certs / "node.pem").write_bytes(own.certificate)
    write_private(certs / "node.key", own.key)
    shutil.copy(folder / KEYSTORE, config / KEYSTORE)


def write_private(file: Path, content: bytes) -> None:
    """Write a file that only its owner reads, from its first byte on."""
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "wb") as made:
        made.write(content)


def _make_keystore(folder: Path, home: Path, environment: Mapping[str, str], password: str) -> None:
    """The password goes in by standard input: a command line is everybody's to read."""
    try:
        subprocess.run(  # noqa: S603 - the distribution's own tool
            [home / "bin" / "elasticsearch-cli", "add", "-f", "-x", "bootstrap.password"],
            env={
                **environment,
                "ES_PATH_CONF": str(folder),
                "CLI_NAME": "keystore",
                "CLI_LIBS": "lib/tools/keystore-cli",
            },
            input=password.encode(),
            capture_output=True,
            check=True,
            timeout=KEYSTORE_WAIT_S,
        )
    except (OSError, subprocess.SubprocessError) as error:
        (folder / KEYSTORE).unlink(missing_ok=True)
        raise NodeError(
            f"The keystore of the secure nodes could not be written in {folder}: check the rights "
            f"of the folder and that {home} is whole ({type(error).__name__})."
        ) from error
