"""What changes of the records cost: until they show, beside searches, in bulk, over people."""
