"""Which CPTS cover a commune, as the index last told: foreseen, so that the page is asked with the
question. Every answer corrects it, so nothing is ever shown out of it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Covering:
    """FINESS of the CPTS by INSEE code: the communes of the country at most, and no person."""

    known: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def foreseen(self, insee: str) -> tuple[str, ...] | None:
        """What covered the commune when it was last asked, None when it never was."""
        return self.known.get(insee)

    def learn(self, insee: str, finess: tuple[str, ...]) -> None:
        """Keep what the index told."""
        self.known[insee] = finess
