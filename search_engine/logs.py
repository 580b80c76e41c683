"""Logs as JSON lines on standard error, with nothing that identifies a patient.

Libraries log the addresses they call, the requests they refuse and the messages of exceptions: of
their records only the place stays, whatever the library and its level. Warnings of Python are such
records too: the client of Elasticsearch warns with the text of a header.
"""

import logging
import sys
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import orjson
import structlog


def configure_logs(level: int = logging.INFO) -> None:
    """Set up structlog from a level up, and keep every library from writing criteria."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            structlog.processors.JSONRenderer(serializer=_dumps),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.disable(logging.INFO)
    logging.setLogRecordFactory(BareRecord)
    logging.captureWarnings(True)


class BareRecord(logging.LogRecord):
    """The record of a library without its message: its place, and the kind of a failure.

    The text is one line of JSON.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind, _, trace = self.exc_info or (None, None, None)
        event = {
            "logger": self.name,
            "place": f"{self.pathname}:{self.lineno} {self.funcName}",
            **({"error": kind.__qualname__, "frames": list_frames(trace)} if kind else {}),
            "event": "library",
            "level": self.levelname.lower(),
            "at": datetime.fromtimestamp(self.created, UTC).isoformat(),
        }
        self.msg, self.args, self.exc_info, self.stack_info = _dumps(event), (), None, None


def list_frames(trace: TracebackType | None) -> list[str]:
    """The frames of a failure as ``file:line function``; its message may hold criteria."""
    frames: list[str] = []
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{code.co_filename}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return frames


def _dumps(event: object, **_: object) -> str:
    return orjson.dumps(event, default=str).decode()
