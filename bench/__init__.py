"""Cost of our code beside Elasticsearch: ``make bench``, ``make profile`` (docs/performance.md).

A tool of developers, not part of what is installed.
"""
