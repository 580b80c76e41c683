"""Records: what people and partners told the service and cannot be asked again, kept in SQL.

The index of offers is a projection of them: a change and what follows from it (``outbox``) are one
transaction, and a worker brings it to the index.
"""
