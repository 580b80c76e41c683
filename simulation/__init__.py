"""Test data: a directory of files in the published formats and in ours, of invented people.

One department after the other, one person after the other: nothing but a department's places
is held in memory, so the national set is the same program with larger numbers.
"""
