"""How a line of spoken French is read: needs, complaints, qualities, names, numbers, places."""
