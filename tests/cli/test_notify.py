"""A failure at night is told, by a real webhook and a real mail server, and stays what it was."""

import hmac
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import Result
from elasticsearch import Elasticsearch
from typer.testing import CliRunner

from cli.main import app
from cli.notification.message import MAX_SENTENCE, build_notice, failure_code
from cli.notification.settings import NotifySettings
from elastic.service import lock
from indexers.reindex import recipe
from tests.cli.mail_server import Mailbox, open_mail_server
from tests.indexers.file_set import FLORAC, FileSet
from tests.suite.serving import serve_beside

MEMBERS = {
    *("version", "event", "command", "run", "index", "code", "exit_code", "sentence"),
    *("stage", "host", "at"),
}
Run = Callable[..., Result]


class WebhookServer(HTTPServer):
    """A webhook that keeps what it was sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), WebhookHandler)
        self.received: list[tuple[dict[str, str], bytes]] = []
        self.status = 204

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hooks/KEY-IN-PATH"

    def parse_events(self) -> list[dict[str, Any]]:
        return [orjson.loads(body) for _, body in self.received]


class WebhookHandler(BaseHTTPRequestHandler):
    server: WebhookServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((dict(self.headers), body))
        self.send_response(self.server.status)
        self.send_header("Location", "http://127.0.0.1:9/")
        self.end_headers()

    def log_message(self, *arguments: Any) -> None:
        """Nothing on standard error."""


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[WebhookServer]:
    server = WebhookServer()
    monkeypatch.setenv("SAS_NOTIFY_WEBHOOK", server.url)
    with serve_beside(server):
        yield server


@pytest.fixture
def run(
    es_url: str, index_prefix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Run]:
    monkeypatch.setenv("SAS_ELASTICSEARCH_URL", es_url)
    monkeypatch.setenv("SAS_INDEX_PREFIX", index_prefix)
    monkeypatch.setenv("SAS_STATE_DIR", str(tmp_path / "state"))
    yield lambda *words: CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def files(tmp_path: Path) -> FileSet:
    return FileSet(tmp_path / "in").doctor("10100000016").doctor("10100000024", FLORAC)


def test_a_closed_gate_is_told_with_its_stage(
    run: Run, hook: WebhookServer, files: FileSet, index_prefix: str
) -> None:
    files.line("participation", rpps="secret-of-the-row")
    result = run("reindex", "--from", files.directory)
    assert result.exit_code == 1
    (output,) = hook.parse_events()
    assert output.keys() == MEMBERS
    assert (output["event"], output["command"], output["code"]) == (
        "run_failed",
        "reindex",
        "gate_closed",
    )
    assert (output["exit_code"], output["index"]) == (1, f"{index_prefix}-offers")
    assert output["stage"] == "Checking the new index"
    assert "100.0% of participation was set aside" in output["sentence"]
    assert run("report", output["run"], "--json").exit_code == 0
    assert b"secret-of-the-row" not in hook.received[0][1]


def test_each_command_that_loads_tells_its_failure(
    run: Run, hook: WebhookServer, files: FileSet, tmp_path: Path
) -> None:
    answer = tmp_path / "answer.json"
    answer.write_text("not an answer")
    for words in (
        ("rollback",),
        ("load", "participation", "/absent.jsonl"),
        ("load", "10100000016", "/absent.jsonl"),
        ("slots", "import", answer, "--flow", "R01", "--editor", "a", "--asked", "10100050075"),
        ("reindex", "--from", files.directory, "--dry-run", "--floor", "9"),
    ):
        assert run(*words).exit_code in {1, 3}, words
    assert [(result["command"], result["code"]) for result in hook.parse_events()] == [
        ("rollback", "nothing_to_roll_back"),
        ("load participation", "index_missing"),
        ("load", "unknown_source"),
        ("slots import", "answer_refused"),
        ("reindex --dry-run", "gate_closed"),
    ]


def test_nothing_is_told_of_success_nor_of_wrong_usage(
    run: Run, hook: WebhookServer, files: FileSet
) -> None:
    assert run("reindex", "--from", files.directory).exit_code == 0
    assert run("reindex", "--from", files.directory, "--now", "yesterday").exit_code == 2
    assert run("reindex").exit_code == 2
    assert run("slots", "import").exit_code == 2
    assert hook.parse_events() == []


def test_an_unforeseen_error_is_told_without_its_message(
    run: Run, hook: WebhookServer, files: FileSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*arguments: Any) -> None:
        raise KeyError("a row: 12 rue du Lac")

    monkeypatch.setattr(recipe, "refresh_and_merge", fails)
    result = run("reindex", "--from", files.directory)
    assert (result.exit_code, type(result.exception)) == (1, KeyError)
    (output,) = hook.parse_events()
    assert (output["code"], output["sentence"]) == ("key", "An error nobody foresaw: KeyError.")
    assert b"rue du Lac" not in hook.received[0][1]


@pytest.mark.parametrize("answers", ["refuses", "redirects", "is gone"])
def test_a_webhook_that_fails_changes_nothing(
    run: Run, hook: WebhookServer, monkeypatch: pytest.MonkeyPatch, answers: str
) -> None:
    hook.status = {"refuses": 500, "redirects": 302}.get(answers, 204)
    if answers == "is gone":
        monkeypatch.setenv("SAS_NOTIFY_WEBHOOK", "http://127.0.0.1:9/hooks/KEY-IN-PATH")
    result = run("rollback")
    assert result.exit_code == 1
    assert "No previous index is kept" in result.stderr
    assert "The failure could not be notified: webhook" in result.stderr
    assert "KEY-IN-PATH" not in result.output


def test_a_webhook_that_answers_byte_by_byte_does_not_hold_the_command(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each byte comes well before the time limit of a read."""
    monkeypatch.setattr("cli.notification.channels.DEADLINE_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=dripping, args=(server,), daemon=True).start()
        monkeypatch.setenv("SAS_NOTIFY_WEBHOOK", f"http://127.0.0.1:{server.getsockname()[1]}/KEY")
        result = run("notify", "test")
    assert result.exit_code == 1
    assert "webhook did not answer within 0.5 seconds" in result.stderr


def dripping(server: socket.socket) -> None:
    """One answer whose head does not end within six seconds."""
    line, _ = server.accept()
    with line, suppress(OSError):
        line.sendall(b"HTTP/1.1 204 No Content\r\nX-Slow: ")
        for _ in range(60):
            line.sendall(b"x")
            time.sleep(0.1)
        line.sendall(b"\r\n\r\n")


def test_a_wrong_setting_changes_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAS_NOTIFY_WEBHOOK", "http://example.org/KEY-IN-PATH")
    result = run("rollback")
    assert result.exit_code == 1
    assert "must be https, or http of this machine" in result.stderr
    assert "KEY-IN-PATH" not in result.output
    assert run("notify", "test").exit_code == 1


def test_the_webhook_can_tell_who_sent(
    run: Run, hook: WebhookServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAS_NOTIFY_TOKEN", "the-token")
    monkeypatch.setenv("SAS_NOTIFY_SECRET", "the-secret")
    assert run("notify", "test").exit_code == 0
    ((headers, body),) = hook.received
    assert headers["Authorization"] == "Bearer the-token"
    expected = hmac.new(b"the-secret", body, sha256).hexdigest()
    assert headers["X-SAS-Signature"] == f"sha256={expected}"
    assert orjson.loads(body)["event"] == "test"


def test_a_signal_is_told(  # noqa: PLR0917
    es: Elasticsearch,
    es_url: str,
    index_prefix: str,
    hook: WebhookServer,
    files: FileSet,
    tmp_path: Path,
) -> None:
    program = (
        "import time, indexers.reindex.recipe as recipe; from cli.main import app;"
        "recipe.refresh_and_merge = lambda *a: (print('reached', flush=True), time.sleep(60));"
        "app()"
    )
    environment = {
        **os.environ,
        "SAS_ELASTICSEARCH_URL": es_url,
        "SAS_INDEX_PREFIX": index_prefix,
        "SAS_STATE_DIR": str(tmp_path / "state"),
    }
    command = [sys.executable, "-c", program, "reindex", "--from", str(files.directory)]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline().strip() == "reached"
        running.terminate()
        assert running.wait(60) == 130
    (result,) = hook.parse_events()
    assert (result["code"], result["exit_code"]) == ("interrupted_run", 130)
    assert "SIGTERM" in result["sentence"]
    with lock.open_lock(es, recipe.LOCK, prefix=index_prefix):
        pass


@pytest.fixture
def mails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    with open_mail_server(tmp_path) as (box, port):
        monkeypatch.setenv("SAS_NOTIFY_SMTP", f"smtp://night:p%40ss@localhost:{port}")
        monkeypatch.setenv("SAS_NOTIFY_FROM", "sas@hopital.example")
        monkeypatch.setenv("SAS_NOTIFY_TO", "data@hopital.example, nuit@hopital.example")
        monkeypatch.setenv("SAS_NOTIFY_CA", str(tmp_path / "ca.pem"))
        yield box


def test_a_failure_is_mailed_under_tls(run: Run, mails: Mailbox) -> None:
    assert run("rollback").exit_code == 1
    ((envelope, secure),) = mails.letters
    text = envelope.content.decode()
    assert secure
    assert envelope.mail_from == "sas@hopital.example"
    assert envelope.rcpt_tos == ["data@hopital.example", "nuit@hopital.example"]
    assert "rollback failed (nothing_to_roll_back)" in text
    assert "Auto-Submitted: auto-generated" in text
    assert "No previous index is kept" in text


def test_a_mail_that_fails_leaves_the_webhook_and_the_exit_code(
    run: Run, hook: WebhookServer, mails: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = os.environ["SAS_NOTIFY_SMTP"].replace("p%40ss", "SECRET-WORD")
    monkeypatch.setenv("SAS_NOTIFY_SMTP", wrong)
    result = run("rollback")
    assert result.exit_code == 1
    assert "could not be notified: smtp failed: SMTPAuthenticationError" in result.stderr
    assert "SECRET-WORD" not in result.output
    assert len(hook.parse_events()) == 1
    assert mails.letters == []


def test_a_mail_server_of_another_authority_is_not_trusted(
    run: Run, mails: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SAS_NOTIFY_CA")
    result = run("notify", "test")
    assert result.exit_code == 1
    assert "SSLCertVerificationError" in result.stderr
    assert mails.letters == []


def test_nobody_to_tell_is_said(run: Run) -> None:
    result = run("notify", "test")
    assert result.exit_code == 1
    assert "set SAS_NOTIFY_WEBHOOK or SAS_NOTIFY_SMTP" in result.stderr


@pytest.mark.parametrize(
    "wrong",
    [
        {"webhook": "http://example.org/x"},
        {"webhook": "ftp://127.0.0.1/x"},
        {"webhook": "not an address"},
        {"smtp": "http://127.0.0.1:25", "sender": "a@b", "to": "c@d"},
        {"smtp": "smtp://127.0.0.1:25"},
        {"smtp": "smtp://127.0.0.1:25", "sender": "a@b", "to": " , "},
    ],
)
def test_a_setting_that_could_not_work_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="SAS_NOTIFY"):
        NotifySettings(**wrong)


def test_a_long_sentence_is_cut_and_on_one_line() -> None:
    result = build_notice("test", "x", "test", 1, "a\nb " * 500, datetime(2026, 11, 23, tzinfo=UTC))
    assert len(result.sentence) == MAX_SENTENCE
    assert "\n" not in result.sentence
    assert result.at == "2026-11-23T00:00:00Z"
    assert "\n" not in result.subject()


def test_codes_are_the_names_of_errors() -> None:
    assert failure_code(lock.LockTaken("x")) == "lock_taken"
    assert failure_code(None) == "failed"
