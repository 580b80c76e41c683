"""Mutual TLS with one editor: our certificate, its authority, and the name it must bear (C12 to
C14; PGSSI-S: TLS 1.2 or newer, common name and unit of the peer checked)."""

import ssl
from typing import Any

from editors.editor import Editor


class EditorTls(ssl.SSLContext):
    """The TLS of one editor; nothing is sent before its certificate bears the expected names."""

    expected: dict[str, str]


class _CheckedConnection(ssl.SSLObject):
    """Ends the handshake with a server of another name."""

    def do_handshake(self) -> None:
        super().do_handshake()
        context, found = self.context, read_subject(self.getpeercert() or {})
        expected = context.expected if isinstance(context, EditorTls) else {}
        for field, value in expected.items():
            if value not in found.get(field, ()):
                raise ssl.SSLCertVerificationError(
                    f"the {field} of the server is not the one agreed"
                )


def build_tls(editor: Editor) -> EditorTls:
    """The context of an editor; raises ``OSError`` for a file that cannot be read and
    ``ssl.SSLError`` for one that holds no certificate."""
    context = EditorTls(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(cafile=editor.authority)
    context.load_cert_chain(editor.certificate, editor.key)
    context.expected = {
        "commonName": editor.common_name,
        "organizationalUnitName": editor.organizational_unit,
    }
    context.sslobject_class = _CheckedConnection
    return context


def read_subject(certificate: Any) -> dict[str, set[str]]:
    """The values of each field of a subject, as ``ssl`` gives a certificate."""
    found: dict[str, set[str]] = {}
    for names in certificate.get("subject", ()):
        for field, value in names:
            found.setdefault(field, set()).add(value)
    return found
