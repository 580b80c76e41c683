"""The worker: carries out what follows from changes of the records."""
