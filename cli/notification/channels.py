"""Channels of a notice: a POST of JSON, a mail; each once, in at most twenty seconds."""

import asyncio
import hmac
import ssl
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from functools import partial
from hashlib import sha256
from queue import Empty, SimpleQueue
from threading import Thread
from urllib.parse import urlsplit

import aiosmtplib
import httpx
import orjson

from cli.notification.message import Notice
from cli.notification.settings import MailServer, NotifySettings

TIMEOUT_S = 10.0
"""Seconds without a byte before a connection is closed."""
DEADLINE_S = 20.0
"""Longest time of a channel, in seconds."""
SIGNATURE = "X-SAS-Signature"


class NotSentError(RuntimeError):
    """A channel did not take the notice; the sentence holds neither key nor path."""


def send(notice: Notice, settings: NotifySettings) -> Iterator[str | NotSentError]:
    """Send by every configured channel; yield its name, or the error that kept it."""
    for name, channel in CHANNELS.items():
        if getattr(settings, name) is None:
            continue
        yield _send_within_deadline(name, partial(channel, notice, settings))


def _send_within_deadline(name: str, deliver: Callable[[], None]) -> str | NotSentError:
    """The name of the channel, or its error, within ``DEADLINE_S``.

    Socket timeouts bound one read: a server that answers byte by byte, or an endless name lookup,
    would hold the command. A late thread ends with the process.
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


def post_webhook(notice: Notice, settings: NotifySettings) -> None:
    """POST the notice to the webhook; a redirection is not followed. Raises ``NotSentError``."""
    url = settings.webhook.get_secret_value() if settings.webhook else ""
    body = orjson.dumps(notice.as_json())
    headers = webhook_headers(body, settings)
    with (
        httpx.Client(timeout=TIMEOUT_S, verify=build_tls_context(settings)) as web,
        web.stream("POST", url, content=body, headers=headers) as answer,
    ):
        accepted, status = answer.is_success, answer.status_code
    if not accepted:  # the body is never read: nothing in it is used
        raise NotSentError(f"webhook {urlsplit(url).hostname} answered {status}")


def webhook_headers(body: bytes, settings: NotifySettings) -> dict[str, str]:
    """Sender, key and signature of the body."""
    headers = {"Content-Type": "application/json", "User-Agent": "sas-search-engine"}
    if settings.token is not None:
        headers["Authorization"] = f"Bearer {settings.token.get_secret_value()}"
    if settings.secret is not None:
        headers[SIGNATURE] = signature(body, settings.secret.get_secret_value())
    return headers


def signature(body: bytes, secret: str) -> str:
    """``sha256=`` and the HMAC-SHA256 of the body in hexadecimal."""
    return f"sha256={hmac.new(secret.encode(), body, sha256).hexdigest()}"


def send_mail(notice: Notice, settings: NotifySettings) -> None:
    """Mail the notice; never in the clear beyond this machine. Raises ``NotSentError``."""
    server = MailServer(settings.smtp.get_secret_value() if settings.smtp else "")
    refused = asyncio.run(
        _submit_mail(build_mail(notice, settings), server, build_tls_context(settings))
    )
    if refused:
        raise NotSentError(f"smtp {server.host} refused {refused} of the recipients")


async def _submit_mail(message: EmailMessage, server: MailServer, context: ssl.SSLContext) -> int:
    """Recipients refused; the password is sent after STARTTLS, or in the clear to loopback."""
    async with aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        use_tls=server.implicit_tls,
        tls_context=context,
        timeout=TIMEOUT_S,
    ) as smtp:
        if smtp.get_transport_info("sslcontext") is None:
            _require_local(server)
        if server.user:
            await smtp.login(server.user, server.password)
        refused, _ = await smtp.send_message(message)
    return len(refused)


def _require_local(server: MailServer) -> None:
    """Raise ``NotSentError`` when a mail in the clear would leave this machine."""
    if not server.is_local:
        raise NotSentError(f"smtp {server.host} offers no STARTTLS: use smtps://")


def build_mail(notice: Notice, settings: NotifySettings) -> EmailMessage:
    """The mail of a notice."""
    message = EmailMessage()
    message["Subject"] = notice.subject()
    message["From"] = settings.sender
    message["To"] = ", ".join(settings.recipients)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no absence notice comes back
    message.set_content(notice.text())
    return message


def build_tls_context(settings: NotifySettings) -> ssl.SSLContext:
    """Trust in the public authorities, or in the configured one alone."""
    return ssl.create_default_context(cafile=str(settings.ca) if settings.ca else None)


CHANNELS: dict[str, Callable[[Notice, NotifySettings], None]] = {
    "webhook": post_webhook,
    "smtp": send_mail,
}
"""By the setting that enables them."""
