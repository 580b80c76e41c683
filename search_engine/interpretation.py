"""How the text was understood: speciality, profession, structure or name."""

from dataclasses import dataclass, field

from mappings.codes import Code


@dataclass(frozen=True, slots=True)
class Interpretation:
    """What the text asks for; the lists are alternatives of one meaning, joined by OR.

    ``text`` is the folded text for the name search, None when the whole text was a known word.
    ``alternatives`` are other meanings of an ambiguous word, as (label, words to ask instead).
    """

    label: str
    professions: tuple[str, ...] = ()
    specialties: tuple[str, ...] = ()
    structure_kinds: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    offer_kinds: tuple[str, ...] = ()
    text: str | None = None
    structure_word: bool = False
    needs_maternity: bool = False
    needs_emergency: bool = False
    targets: tuple[Code, ...] = ()
    alternatives: tuple[tuple[str, str], ...] = field(default=())
