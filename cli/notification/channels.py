"""A notice on its way: a POST of JSON, a mail. Each once, in at most twenty seconds."""

import hmac
import smtplib
import ssl
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from functools import partial
from hashlib import sha256
from queue import Empty, SimpleQueue
from threading import Thread
from urllib.parse import urlsplit

import httpx
import orjson

from cli.notification.message import Notice
from cli.notification.settings import MailServer, NotifySettings

TIMEOUT_S = 10.0
"""Seconds without a byte before a connection is given up."""
DEADLINE_S = 20.0
"""Seconds that a channel may take in all."""
SIGNATURE = "X-SAS-Signature"


class NotSentError(RuntimeError):
    """A channel did not take the notice; the sentence holds neither key nor path."""


def send(notice: Notice, chosen: NotifySettings) -> Iterator[str | NotSentError]:
    """Send by every channel named; of each, its name, or why it did not take the notice."""
    for name, channel in CHANNELS.items():
        if getattr(chosen, name) is None:
            continue
        yield _send_within_deadline(name, partial(channel, notice, chosen))


def _send_within_deadline(name: str, deliver: Callable[[], None]) -> str | NotSentError:
    """The name of the channel, or why it did not take the notice; known within ``DEADLINE_S``.

    The time limits of sockets are of one read: a server that answers byte by byte, or a name that
    is looked up for ever, would hold the command. What is late is left to end with the process.
    """
    ended: SimpleQueue[str | NotSentError] = SimpleQueue()
    Thread(target=lambda: ended.put(_attempt_delivery(name, deliver)), daemon=True).start()
    try:
        return ended.get(timeout=DEADLINE_S)
    except Empty:
        return NotSentError(f"{name} did not answer within {DEADLINE_S:g} seconds")


def _attempt_delivery(name: str, deliver: Callable[[], None]) -> str | NotSentError:
    try:
        deliver()
    except NotSentError as error:
        return error
    except Exception as error:
        return NotSentError(f"{name} failed: {type(error).__name__}")
    return name


def post_webhook(notice: Notice, chosen: NotifySettings) -> None:
    """POST the notice to the webhook; a redirection is not followed. Raises ``NotSentError``."""
    url = chosen.webhook.get_secret_value() if chosen.webhook else ""
    body = orjson.dumps(notice.as_json())
    answer = httpx.post(
        url,
        content=body,
        headers=webhook_headers(body, chosen),
        timeout=TIMEOUT_S,
        verify=build_tls_context(chosen),
    )
    if not answer.is_success:
        raise NotSentError(f"webhook {urlsplit(url).hostname} answered {answer.status_code}")


def webhook_headers(body: bytes, chosen: NotifySettings) -> dict[str, str]:
    """Who sends, and proof of it."""
    found = {"Content-Type": "application/json", "User-Agent": "sas-search-engine"}
    if chosen.token is not None:
        found["Authorization"] = f"Bearer {chosen.token.get_secret_value()}"
    if chosen.secret is not None:
        found[SIGNATURE] = signature(body, chosen.secret.get_secret_value())
    return found


def signature(body: bytes, secret: str) -> str:
    """``sha256=`` and the HMAC-SHA256 of the body in hexadecimal."""
    return f"sha256={hmac.new(secret.encode(), body, sha256).hexdigest()}"


def send_mail(notice: Notice, chosen: NotifySettings) -> None:
    """Mail the notice; never in the clear beyond this machine. Raises ``NotSentError``."""
    server = MailServer(chosen.smtp.get_secret_value() if chosen.smtp else "")
    with connect_smtp(server, build_tls_context(chosen)) as smtp:
        if server.user:
            smtp.login(server.user, server.password)
        refused = smtp.send_message(build_mail(notice, chosen))
    if refused:
        raise NotSentError(f"smtp {server.host} refused {len(refused)} of the recipients")


def connect_smtp(server: MailServer, context: ssl.SSLContext) -> smtplib.SMTP:
    """A connection under TLS; in the clear on this machine only, when it offers nothing better."""
    if server.implicit_tls:
        return smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_S, context=context)
    smtp = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)
    try:
        smtp.ehlo()
        if smtp.has_extn("starttls"):
            smtp.starttls(context=context)
        else:
            _require_local(server)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _require_local(server: MailServer) -> None:
    """Raises ``NotSentError`` when a mail in the clear would leave this machine."""
    if not server.is_local:
        raise NotSentError(f"smtp {server.host} offers no STARTTLS: use smtps://")


def build_mail(notice: Notice, chosen: NotifySettings) -> EmailMessage:
    """The mail."""
    message = EmailMessage()
    message["Subject"] = notice.subject()
    message["From"] = chosen.sender
    message["To"] = ", ".join(chosen.recipients)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no absence notice comes back
    message.set_content(notice.text())
    return message


def build_tls_context(chosen: NotifySettings) -> ssl.SSLContext:
    """The public authorities, or the one that was named and no other."""
    return ssl.create_default_context(cafile=str(chosen.ca) if chosen.ca else None)


CHANNELS: dict[str, Callable[[Notice, NotifySettings], None]] = {
    "webhook": post_webhook,
    "smtp": send_mail,
}
"""By the setting that opens them."""
