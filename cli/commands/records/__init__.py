"""Commands on the records: their tables, settings of professionals, the worker and its outbox."""
