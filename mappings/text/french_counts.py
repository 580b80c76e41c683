"""Numbers with their words in French: the plural begins at two."""

PLURAL_FROM = 2
INVARIABLE = ("s", "x", "z")


def format_count(number: int, *words: str) -> str:
    """``1 patient``, ``3 lignes refusées``: a number and words that agree with it."""
    return " ".join([str(number), *(agree_word(word, number) for word in words)])


def agree_word(word: str, number: int) -> str:
    """A regular word in the number of what is counted."""
    return word if number < PLURAL_FROM or word.endswith(INVARIABLE) else f"{word}s"
