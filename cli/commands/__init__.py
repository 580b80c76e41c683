"""The commands of ``sas``, one topic a file."""
