"""One address downloaded into a file, resumed where it broke off if it is the same edition."""

import base64
import hashlib
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx
import orjson

from indexers.fetch.errors import SourceRefusedError, SourceUnreachableError
from indexers.fetch.settings import FetchSettings

Progress = Callable[[int, int | None], None]
"""(bytes received, bytes in all when known)."""

PARTIAL, NOT_SATISFIABLE, TOO_MANY, SERVER_ERROR = 206, 416, 429, 500
LONGEST_PAUSE_S = 60.0
CONNECT_S = 10.0
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")
_DIGEST = re.compile(r"(sha-256|sha-512)=:?([A-Za-z0-9+/=]+):?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DownloadResult:
    """What an address gave: the name it has there, if it says one, and its size in bytes."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """What an address would give, as its headers say."""

    name: str
    size: int | None
    modified: str | None


class _StaleError(Exception):
    """What was received before is of another edition, or more than the file: begin again."""


def build_client(settings: FetchSettings) -> httpx.Client:
    """A client that follows redirections, never out of TLS, and the proxy of the environment."""
    timeout = httpx.Timeout(settings.timeout_s, connect=min(CONNECT_S, settings.timeout_s))
    headers = {"Accept-Encoding": "identity"}
    return httpx.Client(
        timeout=timeout,
        follow_redirects=True,
        headers=headers,
        event_hooks={"response": [_refuse_downgrade]},
    )


def _refuse_downgrade(answer: httpx.Response) -> None:
    """Raise ``SourceRefusedError`` when TLS would be left: anybody could give the file then."""
    if not answer.has_redirect_location or answer.url.scheme != "https":
        return
    if answer.url.join(answer.headers["Location"]).scheme != "https":
        raise SourceRefusedError("the server sends from https to an address that is not: not read")


def fetch_headers(web: httpx.Client, address: str) -> RemoteFile:
    """The headers of an address; raises ``SourceRefusedError`` or ``SourceUnreachableError``."""
    try:
        answer = web.head(address)
        _check_status(answer)
    except httpx.HTTPError as error:
        raise SourceUnreachableError(_reason(error)) from error
    length = answer.headers.get("Content-Length")
    size = int(length) if length and length.isdigit() else None
    return RemoteFile(_name(answer), size, answer.headers.get("Last-Modified"))


def download(  # noqa: PLR0917 - an address, where it goes, its bounds
    web: httpx.Client,
    address: str,
    part: Path,
    settings: FetchSettings,
    largest: int,
    progress: Progress,
) -> DownloadResult:
    """The whole file in ``part``; raises ``SourceRefusedError`` or ``SourceUnreachableError``.

    More than ``largest`` bytes are refused as soon as they are told or come.

    A try that brings nothing is followed by a longer pause; ``settings.attempts`` of them in a
    row are the end, and what was received waits in ``part`` for the next call.
    """
    fruitless, pause = 0, settings.pause_s
    while True:
        before = _size(part)
        try:
            return _resume_download(web, address, part, largest, progress)
        except _StaleError:
            discard_partial(part)
            reason, wait = "the file keeps changing while it is read", 0.0
        except httpx.HTTPStatusError as error:
            reason, wait = _reason(error), _parse_retry_after(error.response)
        except httpx.TransportError as error:
            reason, wait = _reason(error), 0.0
        gained = _size(part) > before
        fruitless = 0 if gained else fruitless + 1
        if fruitless >= settings.attempts:
            raise SourceUnreachableError(f"{reason}, {fruitless} times in a row")
        pause = settings.pause_s if gained else pause
        time.sleep(min(max(pause, wait), LONGEST_PAUSE_S))
        pause *= 2


def discard_partial(part: Path) -> None:
    """Throw away what was received."""
    part.unlink(missing_ok=True)
    _validator_path(part).unlink(missing_ok=True)


def _resume_download(
    web: httpx.Client, address: str, part: Path, largest: int, progress: Progress
) -> DownloadResult:
    have, validator = _size(part), _read_validator(part)
    if not validator:
        have = 0
    resume = {"Range": f"bytes={have}-", "If-Range": validator} if have else {}
    with web.stream("GET", address, headers=resume) as answer:
        if answer.status_code == NOT_SATISFIABLE:
            raise _StaleError
        _check_status(answer)
        done, total = _position(answer, have, validator)
        _check_size(part, total or 0, largest)
        with part.open("r+b" if done else "wb") as file:
            _write_validator(part, answer.headers)  # once nothing of another edition is left
            file.seek(done)
            for chunk in answer.iter_raw():
                file.write(chunk)
                done += len(chunk)
                _check_size(part, done, largest)
                progress(done, total)
            file.truncate()
    if total is not None and done != total:
        if done > total:
            raise _StaleError
        raise httpx.RemoteProtocolError("the answer ended early")
    _check_digest(part, answer)
    return DownloadResult(_name(answer), done)


def _check_size(part: Path, size: int, largest: int) -> None:
    if size > largest:
        discard_partial(part)
        raise SourceRefusedError(f"it has more than {largest:,} bytes: not this source")


def _position(answer: httpx.Response, have: int, validator: str) -> tuple[int, int | None]:
    """Where the answer begins in the file, and the size of the file when it is told."""
    if answer.status_code != PARTIAL:
        length = answer.headers.get("Content-Length", "")
        return 0, int(length) if length.isdigit() else None
    told = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
    if told is None or int(told[1]) != have or _edition(answer.headers) != validator:
        raise _StaleError
    return have, int(told[2]) if told[2].isdigit() else None


def _check_status(answer: httpx.Response) -> None:
    """Raise for what a later try may mend, and ``SourceRefusedError`` for what it will not."""
    status = answer.status_code
    if status >= SERVER_ERROR or status == TOO_MANY:
        raise httpx.HTTPStatusError("", request=answer.request, response=answer)
    if not answer.is_success:
        raise SourceRefusedError(
            f"the server answered {status}: the file has moved; give its address of today"
        )


def _check_digest(part: Path, answer: httpx.Response) -> None:
    """Compare the whole file with the digest its source gave, if it gave one."""
    told = ("Repr-Digest", "Digest")
    found = _DIGEST.search(", ".join(answer.headers.get(name, "") for name in told))
    if found is None:
        return
    with part.open("rb") as file:
        digest = hashlib.file_digest(file, found[1].lower().replace("-", "")).digest()
    if base64.b64encode(digest).decode() != found[2]:
        discard_partial(part)
        raise SourceRefusedError("the file is not the one its checksum is of; it was thrown away")


def _parse_retry_after(answer: httpx.Response) -> float:
    text = answer.headers.get("Retry-After", "")
    return float(text) if text.isdigit() else 0.0


def _name(answer: httpx.Response) -> str:
    """The name the source gives its file: a header's, else the end of the last address."""
    header = Message()
    header["Content-Disposition"] = answer.headers.get("Content-Disposition", "")
    named = header.get_filename() or unquote(urlsplit(str(answer.url)).path)
    return named.replace("\\", "/").rpartition("/")[2]


def _validator_path(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def _write_validator(part: Path, headers: Mapping[str, str]) -> None:
    """Keep what tells this edition from another: a strong ETag, else the day of the change."""
    _validator_path(part).write_bytes(orjson.dumps({"validator": _edition(headers)}))


def _edition(headers: Mapping[str, str]) -> str:
    etag = headers.get("ETag", "")
    strong = "" if etag.startswith("W/") else etag
    return strong or headers.get("Last-Modified", "")


def _read_validator(part: Path) -> str:
    try:
        return str(orjson.loads(_validator_path(part).read_bytes())["validator"])
    except (OSError, ValueError, KeyError):
        return ""


def _size(part: Path) -> int:
    return part.stat().st_size if part.is_file() else 0


def _reason(error: httpx.HTTPError) -> str:
    if isinstance(error, httpx.HTTPStatusError):
        return f"the server answered {error.response.status_code}"
    if isinstance(error, httpx.TimeoutException):
        return "the server did not answer in time"
    return f"the connection was lost ({type(error).__name__})"
