"""Templates of the report, with every value escaped."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
TEMPLATES.filters |= {
    "number": "{:,}".format,
    "percent": "{:.2%}".format,
    "signed": "{:+,}".format,
}
