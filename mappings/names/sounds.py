"""The sound of a French word: one key for spellings that are said alike.

An ordered table of rewritings, ``mappings/tables/french_sounds.csv``, each with names it is for.
Drawn up on the model of FONEM (Bouchard, Brard and Lavoie, Population 36-6, 1981, the code that
joined the spellings of family names in the Saguenay registers); vowels are kept, as a name of
France differs by them: Martin, Marton and Martine are three people. The libraries of the registries
code English, or drop the vowels.
"""

import re
from functools import cache, lru_cache

from mappings.analysis import fold
from mappings.codes import table_rows

WORD_CACHE_SIZE = 1 << 17
"""Words whose sound is kept: a national file has 250,000 distinct names, few of them frequent."""

MIN_SOUND = 2
"""Sounds under which a key says too little: a shorter one is the word itself."""

_DOUBLED = re.compile(r"(.)\1+")


@cache
def _rewritings() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(row["pattern"]), row["sound"]) for row in table_rows("french_sounds"))


@lru_cache(maxsize=WORD_CACHE_SIZE)
def build_sound_key(word: str) -> str:
    """The key of one word: ``Lefebvre`` and ``lefèvre`` give one, ``Martin`` and ``Martine`` two.

    Case and accents do not count. Capitals and figures in a key are sounds. A word of one sound
    is its own key, so that Lee and Ly are not one.
    """
    word = fold(word).replace(" ", "")
    sound = word
    for pattern, written in _rewritings():
        sound = pattern.sub(written, sound)
    sound = _DOUBLED.sub(r"\1", sound).replace("S", "s").replace("G", "g")
    return sound if len(sound) >= MIN_SOUND else word
