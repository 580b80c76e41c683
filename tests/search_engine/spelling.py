"""How near two words are spelt, as Elasticsearch's fuzzy queries count it."""

from functools import cache

TITLES = {"dr", "docteur", "docteure", "pr", "professeur", "professeure", "mme", "mr"}


@cache
def words(value: str) -> list[str]:
    plain = value.lower().translate(str.maketrans("éèêïîôûç", "eeeiiouc"))
    return [word for word in plain.replace("-", " ").split() if word not in TITLES]


def near(word: str, other: str, two_letters_from: int, one_letter_from: int = 4) -> bool:
    """Whether a word is as near as its length allows: one letter from four on, then two."""
    allowed = 0 if len(word) < one_letter_from else 1 if len(word) < two_letters_from else 2
    return word[:1] == other[:1] and edits(word, other) <= allowed


def edits(one: str, two: str) -> int:
    """Insertions, deletions, substitutions and neighbours swapped."""
    rows = [list(range(len(two) + 1))]
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(two, 1):
            best = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == two[j - 2] and one[i - 2] == b:
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]
