"""Values and rules that a declaration breaks, told in French, each with its field."""

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import ValidationError

from cli.exit_codes import REFUSED
from cli.output import report_failure
from records.errors import RulesBroken
from search_engine.request.criteria_faults import problem_from_validation


@contextmanager
def refuse_faults(as_json: bool) -> Iterator[None]:
    """Turn faults of a declaration into a sentence and an exit code; raises ``FailureExit``."""
    try:
        yield
    except ValidationError as error:
        faults = problem_from_validation(error.errors()).errors
        told = dict.fromkeys(f"{one['field']} : {one['detail']}" for one in faults)
        sentence = " ".join(told)
        raise report_failure(sentence, REFUSED, as_json=as_json, kind="bad_values") from error
    except RulesBroken as error:
        sentence = " ".join(f"{field} : {text}" for field, text in error.faults)
        raise report_failure(sentence, REFUSED, as_json=as_json, kind=error.code) from error
