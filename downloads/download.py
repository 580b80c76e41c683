"""Download of one address into a file, resumed while the server holds the same edition."""

import base64
import hashlib
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx
import orjson

from downloads.bounded_answers import CHECKSUM_BYTES, AnswerUnusable, read_answer
from downloads.errors import DownloadRefusedError, DownloadUnreachableError
from downloads.policy import DownloadPolicy
from downloads.redirects import check_redirect
from mappings.state_file import name_path_of_error, replace_file

Progress = Callable[[int, int | None], None]
"""(bytes received, size in bytes or None while unknown)."""

PARTIAL, NOT_SATISFIABLE, TOO_MANY, SERVER_ERROR = 206, 416, 429, 500
LONGEST_PAUSE_S = 60.0
_SIZE = re.compile(r"[0-9]{1,18}")
"""A number of bytes or seconds in a header; any other text says nothing."""
_RANGE = re.compile(r"bytes ([0-9]{1,18})-[0-9]{1,18}/([0-9]{1,18}|\*)")
_DIGEST = re.compile(r"(sha-256|sha-512)=:?([A-Za-z0-9+/=]+):?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DownloadResult:
    """Name the source gives its file, empty without one, and size in bytes."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file as the headers of its address describe it; ``size`` in bytes."""

    name: str
    size: int | None
    modified: str | None


class _StaleError(Exception):
    """The bytes on disk are of another edition, or too many: start again."""


def build_client(policy: DownloadPolicy) -> httpx.Client:
    """A client that uses the proxy of the environment and follows the redirects that may be."""
    timeout = httpx.Timeout(policy.timeout_s, connect=min(policy.connect_s, policy.timeout_s))
    headers = {"Accept-Encoding": "identity"}
    return httpx.Client(
        timeout=timeout,
        follow_redirects=True,
        headers=headers,
        event_hooks={"response": [check_redirect]},
    )


def fetch_headers(web: httpx.Client, address: str) -> RemoteFile:
    """The file an address announces; raises ``DownloadError``."""
    try:
        with _refuse_unreadable():
            answer = web.head(address)
            _check_status(answer)
    except httpx.HTTPError as error:
        raise DownloadUnreachableError(_reason(error)) from error
    size = _parse_size(answer.headers.get("Content-Length", ""))
    return RemoteFile(_name(answer), size, answer.headers.get("Last-Modified"))


def fetch_text(web: httpx.Client, address: str) -> str:
    """The text of a small file, in one attempt; raises ``DownloadError``."""
    try:
        with _refuse_unreadable(), web.stream("GET", address) as answer:
            _check_status(answer)
            return read_answer(answer, CHECKSUM_BYTES).decode("utf-8", "replace")
    except httpx.HTTPError as error:
        raise DownloadUnreachableError(_reason(error)) from error
    except AnswerUnusable as error:
        raise DownloadRefusedError(f"the answer is {error}: not this file") from error


def download(
    web: httpx.Client, address: str, part: Path, policy: DownloadPolicy, progress: Progress
) -> DownloadResult:
    """The whole file in ``part``; raises ``DownloadError``.

    A file above ``policy.largest`` is refused as soon as its size is announced or exceeded. After
    ``policy.attempts`` fruitless attempts in a row, ``part`` keeps its bytes for the next call.
    """
    if policy.has_digest(part):
        return DownloadResult("", _size(part))
    fruitless, pause = 0, policy.pause_s
    while True:
        before = _size(part)
        try:
            with _refuse_unreadable():
                return _resume_download(web, address, part, policy, progress)
        except _StaleError:
            discard_partial(part)
            reason, wait = "the file keeps changing while it is read", 0.0
        except httpx.HTTPStatusError as error:
            reason, wait = _reason(error), _parse_retry_after(error.response)
        except httpx.TransportError as error:
            reason, wait = _reason(error), 0.0
        gained = _size(part) > before
        fruitless = 0 if gained else fruitless + 1
        if fruitless >= policy.attempts:
            raise DownloadUnreachableError(f"{reason}, {fruitless} times in a row")
        pause = policy.pause_s if gained else pause
        time.sleep(min(max(pause, wait), LONGEST_PAUSE_S))
        pause *= 2


@contextmanager
def _refuse_unreadable() -> Iterator[None]:
    """Raise ``DownloadRefusedError`` for an answer that no new attempt makes readable."""
    try:
        yield
    except httpx.TooManyRedirects as error:
        raise DownloadRefusedError(
            "the server sends from one address to the next for ever"
        ) from error
    except httpx.DecodingError as error:
        raise DownloadRefusedError("the answer is packed in a way that cannot be read") from error
    except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
        raise DownloadRefusedError("the server sends to what is no address of the web") from error


def discard_partial(part: Path) -> None:
    """Delete the bytes received and the record of their edition."""
    part.unlink(missing_ok=True)
    _validator_path(part).unlink(missing_ok=True)


def _resume_download(
    web: httpx.Client, address: str, part: Path, policy: DownloadPolicy, progress: Progress
) -> DownloadResult:
    """One attempt; without a validator, only an expected digest makes resuming safe."""
    validator = _read_validator(part)
    have = _size(part) if validator or policy.sha512 else 0
    with web.stream("GET", address, headers=_resume_headers(have, validator)) as answer:
        if answer.status_code == NOT_SATISFIABLE:
            raise _StaleError
        _check_status(answer)
        done, total = _position(answer, have, validator)
        _check_size(part, total or 0, policy.largest)
        with name_path_of_error(part), part.open("r+b" if done else "wb") as file:
            _write_validator(part, answer.headers)  # once nothing of another edition is left
            file.seek(done)
            for chunk in answer.iter_raw():
                file.write(chunk)
                done += len(chunk)
                _check_size(part, done, policy.largest)
                progress(done, total)
            file.truncate()
    if total is not None and done != total:
        if done > total:
            raise _StaleError
        raise httpx.RemoteProtocolError("the answer ended early")
    _check_digests(part, answer, policy)
    return DownloadResult(_name(answer), done)


def _resume_headers(have: int, validator: str) -> dict[str, str]:
    if not have:
        return {}
    return {"Range": f"bytes={have}-"} | ({"If-Range": validator} if validator else {})


def _check_size(part: Path, size: int, largest: int | None) -> None:
    if largest is not None and size > largest:
        discard_partial(part)
        raise DownloadRefusedError(f"it has more than {largest:,} bytes: not this source")


def _position(answer: httpx.Response, have: int, validator: str) -> tuple[int, int | None]:
    """Offset of the answer in the file, and size of the file when announced; in bytes."""
    if answer.status_code != PARTIAL:
        return 0, _parse_size(answer.headers.get("Content-Length", ""))
    sent = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
    same_edition = not validator or _edition(answer.headers) == validator
    if sent is None or int(sent[1]) != have or not same_edition:
        raise _StaleError
    return have, _parse_size(sent[2])


def _check_status(answer: httpx.Response) -> None:
    """Raise ``HTTPStatusError`` when a new attempt may help, else ``DownloadRefusedError``."""
    status = answer.status_code
    if status >= SERVER_ERROR or status == TOO_MANY:
        raise httpx.HTTPStatusError("", request=answer.request, response=answer)
    if not answer.is_success:
        raise DownloadRefusedError(
            f"the server answered {status}: the file has moved; give its address of today"
        )


def _check_digests(part: Path, answer: httpx.Response, policy: DownloadPolicy) -> None:
    """Compare the whole file with the expected digest and with the digest of the headers."""
    if policy.sha512 is not None and not policy.has_digest(part):
        discard_partial(part)
        raise DownloadRefusedError("its SHA-512 is not the published one; it was thrown away")
    headers = (answer.headers.get(name, "") for name in ("Repr-Digest", "Digest"))
    published = _DIGEST.search(", ".join(headers))
    if published is None:
        return
    with part.open("rb") as file:
        digest = hashlib.file_digest(file, published[1].lower().replace("-", "")).digest()
    if base64.b64encode(digest).decode() != published[2]:
        discard_partial(part)
        raise DownloadRefusedError("the file is not the one its checksum is of; it was thrown away")


def _parse_retry_after(answer: httpx.Response) -> float:
    return float(_parse_size(answer.headers.get("Retry-After", "")) or 0)


def _parse_size(text: str) -> int | None:
    return int(text) if _SIZE.fullmatch(text) else None


def _name(answer: httpx.Response) -> str:
    """File name of ``Content-Disposition``, else of the final address."""
    name = _parse_file_name(answer.headers.get("Content-Disposition", ""))
    name = name or unquote(urlsplit(str(answer.url)).path)
    return name.replace("\\", "/").rpartition("/")[2]


def _parse_file_name(text: str) -> str | None:
    """The name in a header, None when the library cannot make sense of it (RFC 2231)."""
    header = Message()
    header["Content-Disposition"] = text
    try:
        return header.get_filename()
    except (TypeError, ValueError, LookupError, AttributeError):
        return None


def _validator_path(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def _write_validator(part: Path, headers: Mapping[str, str]) -> None:
    """Record the edition of the bytes on disk: a strong ETag, else ``Last-Modified``."""
    replace_file(_validator_path(part), orjson.dumps({"validator": _edition(headers)}))


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
    if isinstance(error, httpx.ConnectError):
        return f"the server cannot be reached ({type(error).__name__})"
    return f"the connection was lost ({type(error).__name__})"
