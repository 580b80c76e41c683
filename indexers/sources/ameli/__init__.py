"""Conventions of professionals of private practice, from the open file of the Assurance maladie.

The file bears no national identifier: a row is a professional's only when nobody else can be meant.
Described for people in docs/reference/sources/ameli.md.
"""
