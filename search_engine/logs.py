"""Logs as JSON lines on standard error, with nothing that identifies a patient.

Other libraries log the URLs they call, which hold addresses: they are silenced here.
"""

import logging
import sys
from types import TracebackType

import orjson
import structlog

QUIET_LOGGERS = ("httpx", "httpcore", "elastic_transport", "elasticsearch", "urllib3", "aiohttp")
"""Loggers whose informational lines hold the URL of each call."""

ACCESS_LOG = "uvicorn.access"
"""Prints query strings; our own line per request replaces it."""


def configure_logs(level: int = logging.INFO) -> None:
    """Set up structlog from a level up, and keep other loggers from writing criteria."""
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
    for name in QUIET_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger(ACCESS_LOG).disabled = True


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
