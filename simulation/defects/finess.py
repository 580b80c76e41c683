"""Traps of the FINESS+ file; each damages an entity with one site."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import orjson

from geography.reasons import Note, Refusal
from indexers.quality.reasons import Reason
from simulation.defects.kinds import Defect, Treatment

Json = dict[str, Any]
PHARMACY = "620"
"""No professional of the SAS practises in a pharmacy: closing one hides no other offer."""
FAR_AWAY = {"lat": 47.083, "lon": 2.396}
"""Bourges: a point of France, in the department of few sets."""
AT_SEA = {"lat": 45.0, "lon": -9.9}


def _on_site(
    damage: Callable[[Json], bool | None], *, only: str = ""
) -> Callable[[Json, random.Random], Json | None]:
    """A damage of the only site of an entity, of one category if given; False refuses."""

    def damage_site(entity: Json, _: random.Random) -> Json | None:
        copy: Json = orjson.loads(orjson.dumps(entity))
        site = copy["ege"][0]
        category = site["categorieentiteGeographiqueExercice"]
        if len(copy["ege"]) > 1 or (only and category != only):
            return None
        return None if damage(site) is False else copy

    return damage_site


def _general(**values: object) -> Callable[[Json], None]:
    return lambda site: site["informationsGeneralesEGE"].update(values)


def _twice(entity: Json, _: random.Random) -> Json | None:
    if len(entity["ege"]) > 1:
        return None
    return {**entity, "ege": [*entity["ege"], *entity["ege"]]}


def _wrong_key(site: Json) -> bool:
    general = site["informationsGeneralesEGE"]
    number: str = general["numFinessEge"]
    general["numFinessEge"] = number[:-1] + str((int(number[-1]) + 5) % 10)
    return bool(number.isdigit())


def _phone(text: str) -> Callable[[Json], None]:
    return lambda site: site["contact"][0]["telecom"].update(telephone=text)


def _unknown_key(site: Json) -> None:
    site["nouvelleRubrique"] = {"code": "1"}


def _corrupt_th(site: Json) -> bool:
    address = site["adresse"][-1]
    street: str = address["libelleVoie"]
    corrupted = street.replace("Th", "E").replace("th", "e")
    address["libelleVoie"] = corrupted
    return corrupted != street


def _pad_name(site: Json) -> None:
    general = site["informationsGeneralesEGE"]
    general["nomEgeLong"] = general["nomEgeLong"].ljust(60)


def _point(change: Callable[[Json], dict[str, str] | None]) -> Callable[[Json], bool]:
    """A damage of the coordinates, then the only ones; refused when the site has none."""

    def damage(site: Json) -> bool:
        point = site["adresse"][-1].get("coordonneesGeographique")
        values = change(point) if point else None
        if values is None:
            return False
        for name in ("coordonneeX", "coordonneeY", "directionLongitude", "directionLatitude"):
            point.pop(name, None)
        point.update(values)
        return True

    return damage


def _pairs(point: Json) -> tuple[tuple[str, str], tuple[str, str]]:
    """Degrees (lon, lat), then metres (east, north), whichever field holds them."""
    first = (point["coordonneeX"], point["coordonneeY"])
    second = (point["directionLongitude"], point["directionLatitude"])
    return (first, second) if abs(float(first[0])) <= 180 else (second, first)  # noqa: PLR2004


def _xy(x: str, y: str) -> dict[str, str]:
    return {"coordonneeX": x, "coordonneeY": y}


def _swap_axes(point: Json) -> dict[str, str]:
    (lon, lat), _ = _pairs(point)
    return _xy(lat, lon)


def _equal(point: Json) -> dict[str, str]:
    (_, lat), _ = _pairs(point)
    return _xy(lat, lat)


def _flip_sign(point: Json) -> dict[str, str]:
    (lon, lat), _ = _pairs(point)
    return _xy(f"{-float(lon):.6f}", lat)


def _comma(point: Json) -> dict[str, str]:
    (lon, lat), _ = _pairs(point)
    return _xy(lon.replace(".", ","), lat.replace(".", ","))


def _northing_first(point: Json) -> dict[str, str]:
    _, (east, north) = _pairs(point)
    return _xy(north, east)


def _constant(x: str, y: str) -> Callable[[Json], dict[str, str]]:
    return lambda _: _xy(x, y)


def _place(where: dict[str, float]) -> Callable[[Json], dict[str, str]]:
    return _constant(f"{where['lon']}", f"{where['lat']}")


def _commune_key(site: Json) -> bool:
    """A BAN key without number: a commune's centre dressed up as a precise point."""
    address = site["adresse"][-1]
    point = address.get("coordonneesGeographique")
    if not point:
        return False
    point["cleInInteropBAN"] = address["cogCommune"]
    return True


def _closing_later(now: datetime) -> Callable[[Json], None]:
    day = (now + timedelta(days=400)).date().isoformat()
    return _general(dateFermeture=day)


def _coordinates(
    name: str, trap: str, change: Callable[[Json], dict[str, str] | None], why: str
) -> Defect:
    return Defect(name, trap, Treatment.RELOCATED, _on_site(_point(change)), why)


_REJECTED, _WARNED = Treatment.REJECTED, Treatment.WARNED
_SKIPPED, _CLEANED = Treatment.SKIPPED, Treatment.CLEANED


def finess_defects(now: datetime) -> tuple[Defect, ...]:
    """The traps of FINESS+; ``now`` separates past closing dates from future ones."""
    return (
        Defect("site_twice", "20", _REJECTED, _twice, Reason.FINESS_DUPLICATE, offset=1),
        Defect(
            "no_finess",
            "20",
            _REJECTED,
            _on_site(_general(numFinessEge=None), only=PHARMACY),
            Reason.FINESS_MISSING,
        ),
        Defect(
            "bad_finess",
            "20",
            _REJECTED,
            _on_site(_general(numFinessEge="12AB"), only=PHARMACY),
            Reason.FINESS_INVALID,
        ),
        Defect(
            "wrong_key",
            "21",
            _WARNED,
            _on_site(_wrong_key, only=PHARMACY),
            Reason.KEY_CHECK_FAILED,
        ),
        Defect("padded", "7", _CLEANED, _on_site(_pad_name)),
        Defect("unknown_key", "12", _CLEANED, _on_site(_unknown_key)),
        Defect("phone_null", "13", _CLEANED, _on_site(_phone("NULL")), changes=("phones",)),
        Defect(
            "siret_as_float",
            "14",
            _WARNED,
            _on_site(_general(siret="9,92011E+13")),
            Reason.IDENTIFIER_DROPPED,
        ),
        Defect(
            "closed",
            "29",
            _SKIPPED,
            _on_site(lambda site: site.update(etatObjet="I"), only=PHARMACY),
            Reason.CLOSED,
        ),
        Defect(
            "closing_later",
            "30",
            _CLEANED,
            _on_site(_closing_later(now), only=PHARMACY),
            changes=("closed",),
        ),
        Defect(
            "bad_date",
            "-",
            _WARNED,
            _on_site(_general(dateOuverture="31/02/2020")),
            Reason.DATE_DROPPED,
        ),
        Defect("corrupted_th", "43", _CLEANED, _on_site(_corrupt_th), changes=("address",)),
        Defect("commune_key", "53", _CLEANED, _on_site(_commune_key), changes=("ban_key",)),
        Defect(
            "phone_is_text",
            "56",
            _WARNED,
            _on_site(_phone("SUR PLACE UNIQUEMENT LE MATIN")),
            Reason.PHONE_DROPPED,
        ),
        _coordinates("swapped", "45", _swap_axes, Note.AXES_SWAPPED),
        _coordinates("lat_is_lon", "46", _equal, Refusal.LAT_EQUALS_LON),
        _coordinates("flipped_sign", "47", _flip_sign, Refusal.SIGN_FLIPPED),
        _coordinates("zero_zero", "48", _constant("0", "0"), Refusal.ZERO_ZERO),
        _coordinates("not_a_number", "48", _constant("NaN", "NaN"), Refusal.NOT_A_NUMBER),
        _coordinates("decimal_comma", "48", _comma, ""),
        _coordinates("northing_first", "49", _northing_first, Note.AXES_SWAPPED),
        _coordinates("at_sea", "51", _place(AT_SEA), Refusal.OUTSIDE_FRANCE),
        _coordinates("elsewhere", "52", _place(FAR_AWAY), Refusal.OUTSIDE_DEPARTMENT),
    )
