"""The console script ``sas``: the door for people, on the same use cases as the API."""
