"""Answers of Elasticsearch that cannot be read: a typed error, never a fault of the reader."""

from contextlib import AbstractContextManager
from types import TracebackType

import structlog

from elastic.errors import ElasticUnreadable
from search_engine.logs import list_frames

UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What reading a value of another shape or type raises."""

_log = structlog.get_logger(__name__)


class _AnswerTranslator(AbstractContextManager[None]):
    """Holds nothing, so one serves every call."""

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        if isinstance(error, UNREADABLE):
            _log.error(
                "answer_unreadable",
                error=type(error).__qualname__,
                frames=list_frames(error.__traceback__),
            )
            raise ElasticUnreadable from None  # the cause may hold what was searched


_TRANSLATOR = _AnswerTranslator()


def translate_unreadable() -> AbstractContextManager[None]:
    """Around the reading of answers: one of another shape raises ``ElasticUnreadable``.

    Something else may answer in place of Elasticsearch, or damage its answers on the way, and the
    shape of a document within an answer is checked where it is read: checking it all beforehand
    would cost each search what it costs to read it. The place in the code is logged as an error,
    like that of any failure, since the reader itself may be wrong.
    """
    return _TRANSLATOR
