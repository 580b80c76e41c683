"""Markdown tables and attribute docstrings: the parts that generated pages are made of."""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterable, Sequence

NOTICE = "<!-- Written by `make documents` from the code; edit the code. -->"


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; pipes and line breaks inside a cell are escaped."""
    lines = [f"| {' | '.join(escape_cell(cell) for cell in line)} |" for line in (head, *rows)]
    return "\n".join([lines[0], "|---" * len(head) + "|", *lines[1:]])


def escape_cell(text: str) -> str:
    """One cell of a Markdown table."""
    return re.sub(r"\s+", " ", text).strip().replace("|", "\\|")


def plain_markdown(docstring: str) -> str:
    """A docstring as Markdown: double backticks become single ones."""
    return re.sub(r"\s+", " ", docstring.replace("``", "`")).strip()


def attribute_docstrings(kind: type) -> dict[str, str]:
    """The string below each attribute of a class, as Markdown; absent when there is none."""
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(definition, ast.ClassDef)
    found = {}
    for node, following in zip(definition.body, definition.body[1:], strict=False):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            match following:
                case ast.Expr(value=ast.Constant(value=str(text))):
                    found[node.target.id] = plain_markdown(text)
    return found
