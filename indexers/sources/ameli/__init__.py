"""Conventions of professionals of private practice, from the open file of the Assurance maladie.

The file has no national identifier: a row is a professional's only when it can be of no other.
Described for people in docs/reference/sources/ameli.md.
"""
