"""How a name is written by somebody who heard it: pure changes of a text.

A change that a text does not lend itself to gives None: no line is typed, none is judged. Where
there is a choice, ``rng`` makes it.
"""

import random
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

Change = Callable[[str, random.Random], str | None]

LEAST_LETTERS = 6
"""Shortest text that is mistyped: a letter of a shorter one makes another name."""

START_LETTERS = 5
"""Letters typed of the beginning of a name."""

NEIGHBOURS: Mapping[str, str] = MappingProxyType(
    {
        "a": "zq", "b": "vn", "c": "vx", "d": "fs", "e": "rz", "f": "dg", "g": "fh", "h": "gj",
        "i": "uo", "j": "hk", "k": "jl", "l": "km", "m": "ln", "n": "bm", "o": "ip", "p": "ol",
        "q": "sa", "r": "et", "s": "dq", "t": "ry", "u": "yi", "v": "cb", "w": "xq", "x": "wc",
        "y": "tu", "z": "ae",
    }
)  # fmt: skip
"""Keys beside each letter on a French keyboard."""

SOUNDS: Sequence[tuple[str, str]] = (
    ("eau", "o"),
    ("ault", "aud"),
    ("auld", "ault"),
    ("ebvre", "evre"),
    ("evre", "ebvre"),
    ("ph", "f"),
    ("th", "t"),
    ("au", "o"),
    ("ais", "et"),
    ("ay", "ai"),
    ("uy", "ui"),
    ("uis", "uy"),
    ("ck", "k"),
    ("qu", "k"),
    ("ll", "l"),
    ("tt", "t"),
    ("nn", "n"),
    ("sse", "ce"),
    ("ssi", "ci"),
    ("ain", "in"),
    ("oux", "ou"),
    ("aud", "aut"),
    ("ard", "ar"),
    ("ert", "er"),
    ("ier", "ié"),
    ("y", "i"),
)
"""Spellings of one French sound, the first that a name holds is used (X22: heard, not read)."""

OTHER_SOUND_AFTER_O = frozenset("iuy")

APOSTROPHES = re.compile("['’]")
GLUED = re.compile(r"^(le|la|du|de)(?=[a-z]{3})", re.IGNORECASE)


def lower_case(text: str, rng: random.Random) -> str:
    """Without capitals."""
    return text.lower()


def upper_case(text: str, rng: random.Random) -> str:
    """In capitals."""
    return text.upper()


def strip_accents(text: str, rng: random.Random) -> str:
    """Without accents."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def keep_start(text: str, rng: random.Random) -> str | None:
    """The first letters of a longer word."""
    return text[:START_LETTERS] if len(text) > START_LETTERS and text.isalpha() else None


def mistype_letter(text: str, rng: random.Random) -> str | None:
    """One letter after the first replaced by the key beside it."""
    at = _draw_letter(text, rng)
    if at is None:
        return None
    return _replace(text, at, 1, rng.choice(NEIGHBOURS[strip_accents(text[at], rng).lower()]))


def mistype_first_letter(text: str, rng: random.Random) -> str | None:
    """The first letter replaced by the key beside it."""
    first = strip_accents(text[:1], rng).lower()
    if len(text) < LEAST_LETTERS or first not in NEIGHBOURS:
        return None
    return _replace(text, 0, 1, rng.choice(NEIGHBOURS[first]))


def omit_letter(text: str, rng: random.Random) -> str | None:
    """One letter after the first left out."""
    at = _draw_letter(text, rng)
    return None if at is None else _replace(text, at, 1, "")


def double_letter(text: str, rng: random.Random) -> str | None:
    """One letter after the first written twice."""
    at = _draw_letter(text, rng)
    return None if at is None else _replace(text, at, 1, text[at] * 2)


def write_double_once(text: str, rng: random.Random) -> str | None:
    """A double letter written once."""
    found = re.search(r"(\w)\1", text.lower())
    if found is None or len(text) < LEAST_LETTERS:
        return None
    return _replace(text, found.start(), 1, "")


def swap_letters(text: str, rng: random.Random) -> str | None:
    """Two different letters after the first turned round."""
    places = [at for at in _inner_letters(text)[:-1] if text[at : at + 2].isalpha()]
    places = [at for at in places if text[at].lower() != text[at + 1].lower()]
    if not places:
        return None
    at = rng.choice(places)
    return _replace(text, at, 2, text[at + 1] + text[at])


def insert_space(text: str, rng: random.Random) -> str | None:
    """A space in the middle of one word."""
    if len(text) < LEAST_LETTERS or not text.isalpha():
        return None
    return f"{text[: len(text) // 2]} {text[len(text) // 2 :]}"


def write_as_heard(text: str, rng: random.Random) -> str | None:
    """Another spelling of the same sound (``SOUNDS``).

    Beauillaud is no Boillaud: an ``o`` before these letters is another sound.
    """
    folded = text.lower()
    for written, heard in SOUNDS:
        at = folded.find(written, 1)
        after = folded[at + len(written) :][:1]
        if at > 0 and not (heard == "o" and after in OTHER_SOUND_AFTER_O):
            return _replace(text, at, len(written), heard)
    return None


def join_words(text: str, rng: random.Random) -> str | None:
    """Several words as one."""
    return _change_or_none(text, re.sub(r"[\s'’-]+", "", text))


def separate_particle(text: str, rng: random.Random) -> str | None:
    """A particle written with its name, apart: ``Legall`` as ``Le gall``."""
    return _change_or_none(text, GLUED.sub(r"\1 ", text))


def drop_hyphens(text: str, rng: random.Random) -> str | None:
    """Hyphens as spaces."""
    return _change_or_none(text, text.replace("-", " "))


def hyphenate_words(text: str, rng: random.Random) -> str | None:
    """Spaces as hyphens."""
    return _change_or_none(text, text.replace(" ", "-"))


def drop_apostrophes(text: str, rng: random.Random) -> str | None:
    """Apostrophes as spaces."""
    return _change_or_none(text, APOSTROPHES.sub(" ", text))


def curl_apostrophes(text: str, rng: random.Random) -> str | None:
    """The apostrophe of a telephone's keyboard."""
    return _change_or_none(text, text.replace("'", "’"))


def keep_first_word(text: str, rng: random.Random) -> str | None:
    """The first of several words."""
    return _change_or_none(text, re.split(r"[\s-]+", text)[0])


def keep_last_word(text: str, rng: random.Random) -> str | None:
    """The last of several words."""
    return _change_or_none(text, re.split(r"[\s'’-]+", text)[-1])


def keep_initials(text: str, rng: random.Random) -> str | None:
    """``Jean-Pierre`` as ``J.-P.``."""
    parts = text.split("-")
    return "-".join(f"{part[0]}." for part in parts) if len(parts) > 1 and all(parts) else None


def group_digits(text: str, rng: random.Random) -> str:
    """A number in groups of three."""
    return " ".join(text[at : at + 3] for at in range(0, len(text), 3))


def pair_digits(text: str, rng: random.Random) -> str:
    """A telephone in pairs: ``01 23 45 67 89``."""
    return " ".join(text[at : at + 2] for at in range(0, len(text), 2))


def dot_digits(text: str, rng: random.Random) -> str:
    """A telephone in pairs with points."""
    return pair_digits(text, rng).replace(" ", ".")


def write_international(text: str, rng: random.Random) -> str | None:
    """A telephone with the French prefix."""
    return f"+33 {text[1:]}" if text.startswith("0") else None


CHANGES: Mapping[str, Change] = MappingProxyType(
    {
        "lower": lower_case,
        "upper": upper_case,
        "bare": strip_accents,
        "start": keep_start,
        "one_letter": mistype_letter,
        "first_letter": mistype_first_letter,
        "missing": omit_letter,
        "doubled": double_letter,
        "undoubled": write_double_once,
        "swapped": swap_letters,
        "cut": insert_space,
        "sound": write_as_heard,
        "joined": join_words,
        "split": separate_particle,
        "unhyphenated": drop_hyphens,
        "hyphenated": hyphenate_words,
        "spaced": drop_apostrophes,
        "curly": curl_apostrophes,
        "first_word": keep_first_word,
        "last_word": keep_last_word,
        "initials": keep_initials,
        "grouped": group_digits,
        "pairs": pair_digits,
        "dotted": dot_digits,
        "international": write_international,
    }
)
"""Every change, by the name that a placeholder gives."""


def _inner_letters(text: str) -> list[int]:
    if len(text) < LEAST_LETTERS:
        return []
    plain = [unicodedata.normalize("NFKD", char)[0].lower() for char in text]
    return [at for at in range(1, len(text)) if plain[at] in NEIGHBOURS]


def _draw_letter(text: str, rng: random.Random) -> int | None:
    places = _inner_letters(text)
    return rng.choice(places) if places else None


def _replace(text: str, at: int, length: int, by: str) -> str:
    """The text with other letters at a place, in the case of those they replace."""
    written = by.upper() if text[at : at + length].isupper() else by
    return f"{text[:at]}{written}{text[at + length :]}"


def _change_or_none(text: str, changed: str) -> str | None:
    return None if changed == text or not changed else changed
