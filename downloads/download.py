"""Download of one address into a file, resumed while the server holds the same edition."""

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

from downloads.errors import DownloadRefusedError, DownloadUnreachableError
from downloads.policy import DownloadPolicy

Progress = Callable[[int, int | None], None]
"""(bytes received, size in bytes or None while unknown)."""

PARTIAL, NOT_SATISFIABLE, TOO_MANY, SERVER_ERROR = 206, 416, 429, 500
LONGEST_PAUSE_S = 60.0
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")
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
    """A client that uses the proxy of the environment and follows redirects, never out of TLS."""
    timeout = httpx.Timeout(policy.timeout_s, connect=min(policy.connect_s, policy.timeout_s))
    headers = {"Accept-Encoding": "identity"}
    return httpx.Client(
        timeout=timeout,
        follow_redirects=True,
        headers=headers,
        event_hooks={"response": [_refuse_downgrade]},
    )


def _refuse_downgrade(answer: httpx.Response) -> None:
    """Raise ``DownloadRefusedError`` for a redirect from https to an unprotected address."""
    if not answer.has_redirect_location or answer.url.scheme != "https":
        return
    if answer.url.join(answer.headers["Location"]).scheme != "https":
        raise DownloadRefusedError(
            "the server sends from https to an address that is not: not read"
        )


def fetch_headers(web: httpx.Client, address: str) -> RemoteFile:
    """The file an address announces; raises ``DownloadError``."""
    answer = _fetch(web, "HEAD", address)
    length = answer.headers.get("Content-Length")
    size = int(length) if length and length.isdigit() else None
    return RemoteFile(_name(answer), size, answer.headers.get("Last-Modified"))


def fetch_text(web: httpx.Client, address: str) -> str:
    """The text of a small file, in one attempt; raises ``DownloadError``."""
    return _fetch(web, "GET", address).text


def _fetch(web: httpx.Client, method: str, address: str) -> httpx.Response:
    try:
        answer = web.request(method, address)
        _check_status(answer)
    except httpx.HTTPError as error:
        raise DownloadUnreachableError(_reason(error)) from error
    return answer


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
        with part.open("r+b" if done else "wb") as file:
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
        length = answer.headers.get("Content-Length", "")
        return 0, int(length) if length.isdigit() else None
    sent = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
    same_edition = not validator or _edition(answer.headers) == validator
    if sent is None or int(sent[1]) != have or not same_edition:
        raise _StaleError
    return have, int(sent[2]) if sent[2].isdigit() else None


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
    text = answer.headers.get("Retry-After", "")
    return float(text) if text.isdigit() else 0.0


def _name(answer: httpx.Response) -> str:
    """File name of ``Content-Disposition``, else of the final address."""
    header = Message()
    header["Content-Disposition"] = answer.headers.get("Content-Disposition", "")
    name = header.get_filename() or unquote(urlsplit(str(answer.url)).path)
    return name.replace("\\", "/").rpartition("/")[2]


def _validator_path(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def _write_validator(part: Path, headers: Mapping[str, str]) -> None:
    """Record the edition of the bytes on disk: a strong ETag, else ``Last-Modified``."""
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
    if isinstance(error, httpx.ConnectError):
        return f"the server cannot be reached ({type(error).__name__})"
    return f"the connection was lost ({type(error).__name__})"
