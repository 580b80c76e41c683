"""Who an editor is, is proved by its certificate before anything is sent to it."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from editors.call import CallFailed, CallOutcome, fetch_pages, open_client
from editors.editor import Editor
from simulation.editors.certificates import CertificateAuthority
from simulation.editors.sheets import SERVER
from tests.editors.platform import SimulatedEditors, serve_editors
from tests.editors.test_call import TARGET


async def call_outcome(editor: Editor) -> CallOutcome:
    """How a call to an editor fails."""
    client = open_client(editor)
    try:
        with pytest.raises(CallFailed) as failed:
            await fetch_pages(client, TARGET)
    finally:
        await client.web.aclose()
    return failed.value.outcome


@pytest.mark.proves("C13")
@pytest.mark.parametrize("changed", [{"common_name": "autre"}, {"organizational_unit": "1"}])
async def test_a_server_of_another_name_or_unit_gets_no_request(
    editors: SimulatedEditors, changed: dict[str, str]
) -> None:
    assert await call_outcome(editors.sheet(**changed)) is CallOutcome.TLS
    assert editors.app.searches == []


@pytest.mark.proves("C13")
async def test_a_server_of_another_authority_gets_no_request(
    editors: SimulatedEditors, tmp_path: Path
) -> None:
    other = CertificateAuthority(tmp_path, datetime.now(UTC))
    assert await call_outcome(editors.sheet(authority=other.file)) is CallOutcome.TLS
    assert editors.app.searches == []


@pytest.mark.proves("C12")
async def test_our_certificate_is_asked_and_only_that_of_the_authority_serves(
    editors: SimulatedEditors, tmp_path: Path
) -> None:
    other = CertificateAuthority(tmp_path, datetime.now(UTC)).issue("other", SERVER)
    sheet = editors.sheet(certificate=other.certificate, key=other.key)
    assert await call_outcome(sheet) in {CallOutcome.TLS, CallOutcome.UNREACHABLE}
    assert editors.app.searches == []


async def test_an_expired_certificate_is_refused(tmp_path: Path) -> None:
    authority = CertificateAuthority(tmp_path / "old", datetime.now(UTC))
    old = authority.issue("old", SERVER, from_now=timedelta(days=-60))
    files = {"ssl_certfile": str(old.certificate), "ssl_keyfile": str(old.key)}
    with serve_editors(tmp_path / "late", **files) as late:
        assert await call_outcome(late.sheet(authority=authority.file)) is CallOutcome.TLS
        assert late.app.searches == []


@pytest.mark.proves("C14")
async def test_tls_older_than_1_2_is_never_spoken(editors: SimulatedEditors) -> None:
    client = open_client(editors.sheet())
    context = client.web._transport._pool._ssl_context  # type: ignore[attr-defined]
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    await client.web.aclose()


@pytest.mark.parametrize(
    "address", ["http://localhost/sas", "https://a@localhost", "https://localhost/?x", "localhost"]
)
def test_a_base_url_is_https_and_nothing_more(editors: SimulatedEditors, address: str) -> None:
    with pytest.raises(ValidationError):
        editors.sheet(base_url=address)
