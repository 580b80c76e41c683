"""Types of what goes to Elasticsearch and comes back: decoded JSON objects."""

from typing import Any

Body = dict[str, Any]
"""A request, or a part of one, as sent."""

Clause = dict[str, Any]
"""A query clause."""

Answer = dict[str, Any]
"""The body of a response, or a part of one."""

Hit = dict[str, Any]
"""One hit of a response: ``_source``, ``sort``, ``_score``, ``matched_queries``."""
