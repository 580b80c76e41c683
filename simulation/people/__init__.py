"""Invented people: who they are, what they practise, where they are registered."""
