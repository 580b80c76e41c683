"""Where offers are, for loads."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geography.address import address_key
from geography.commune_lookup import NamedCommune, PostalAddress, find_commune
from geography.distance import distance_km
from geography.gazetteer import load_gazetteer
from geography.locate import (
    CHUNK,
    GAZETTEER,
    GEOCODED,
    GEOCODED_BEFORE,
    OWN,
    GeocodedPoint,
    LocateRequest,
    Location,
    LocationFailure,
    Locator,
    RawPoint,
    find_crowded_points,
    locate,
)
from geography.reasons import Note, Refusal, Unlocatable
from mappings.records import Precision

COMMUNES = load_gazetteer()
MENDE = PostalAddress("12 rue de la République", "48000", "MENDE", "48095")
MENDE_POINT = RawPoint("3.5005", "44.5200", "1,ATLASANTE,100,BAN,WGS84")


def locate_address(
    address: PostalAddress, points: Sequence[RawPoint] = (), ban_key: str = ""
) -> Location:
    found = locate(address, points, ban_key)
    assert isinstance(found, Location)
    return found


class RecordingGeocoder:
    """A geocoder that knows some addresses and remembers what it was asked."""

    def __init__(self, answers: dict[str, GeocodedPoint] | None = None) -> None:
        self.answers = answers or {}
        self.batches: list[list[PostalAddress]] = []

    def geocode(self, addresses: Sequence[PostalAddress]) -> list[GeocodedPoint | None]:
        self.batches.append(list(addresses))
        return [self.answers.get(address.line) for address in addresses]


@pytest.mark.parametrize(
    ("address", "insee", "notes"),
    [
        (PostalAddress(insee="48095"), "48095", ()),
        (PostalAddress(city="Mende", postal_code="48000"), "48095", ()),
        (PostalAddress(city="MENDE CEDEX", postal_code="48001"), "48095", ()),
        (PostalAddress(city="METZ CEDEX 03", postal_code="57085"), "57463", ()),
        (PostalAddress("BP 139", "01300", "BELLEY"), "01034", ()),
        (PostalAddress(city="25300 DOUBS"), "25204", (Note.TOWN_IN_ANOTHER_FIELD,)),
        (PostalAddress(insee="75056", postal_code="75015"), "75115", (Note.DISTRICT_TOLD,)),
        (PostalAddress(insee="75056", city="PARIS 15"), "75115", (Note.DISTRICT_TOLD,)),
        (PostalAddress(insee="69123", postal_code="69003"), "69383", (Note.DISTRICT_TOLD,)),
        (PostalAddress(insee="13055", postal_code="13008"), "13208", (Note.DISTRICT_TOLD,)),
        (PostalAddress(insee="75115", postal_code="75015"), "75115", ()),
        (PostalAddress(city="PARIS", postal_code="75015"), "75115", ()),
        (PostalAddress(city="PARIS CEDEX 15", postal_code="75739"), "75115", ()),
        (PostalAddress(city="LYON CEDEX 03", postal_code="69483"), "69383", ()),
        (PostalAddress(insee="01340"), "01015", (Note.MERGED_COMMUNE,)),
        (PostalAddress(city="ARBIGNIEU", postal_code="01300"), "01015", (Note.MERGED_COMMUNE,)),
        (PostalAddress(insee="1004"), "01004", (Note.INSEE_ZERO_RESTORED,)),
        (PostalAddress(insee="9A101"), "97101", (Note.LEGACY_OVERSEAS_CODE,)),
        (PostalAddress(insee="9D411"), "97411", (Note.LEGACY_OVERSEAS_CODE,)),
        (PostalAddress(insee="9F608"), "97608", (Note.LEGACY_OVERSEAS_CODE,)),
        (PostalAddress(insee="9J613"), "98613", (Note.LEGACY_OVERSEAS_CODE,)),
        (
            PostalAddress(insee="9A123", postal_code="97133"),
            "97701",
            (Note.LEGACY_OVERSEAS_CODE,),
        ),
        (PostalAddress(insee="97127", postal_code="97150"), "97801", ()),
        (PostalAddress(insee="97150", postal_code="97150"), "97801", (Note.INSEE_IS_POSTCODE,)),
        (PostalAddress(insee="97133", postal_code="97133"), "97701", (Note.INSEE_IS_POSTCODE,)),
        (PostalAddress(insee="97133", postal_code="97141"), "97133", ()),
        (PostalAddress(city="SAINT MARTIN", postal_code="97150"), "97801", ()),
        (PostalAddress(city="BASTIA", postal_code="20200"), "2B033", ()),
        (PostalAddress(city="AJACCIO CEDEX 1", postal_code="20176"), "2A004", ()),
        (PostalAddress(insee="2a004"), "2A004", ()),
        (
            PostalAddress(insee="99999", postal_code="48000", country="FR"),
            None,
            (),
        ),
        (
            PostalAddress(insee="48999", postal_code="48000", city="Mende"),
            "48095",
            (Note.INSEE_UNKNOWN,),
        ),
        (PostalAddress(postal_code="48000"), "48095", (Note.POSTCODE_ONLY,)),
        (
            PostalAddress(city="ZONE NORD", postal_code="48000"),
            "48095",
            (Note.CITY_NOT_IN_POSTCODE,),
        ),
        (
            PostalAddress(city="FLORAC TROIS RIVIERES", postal_code="48000"),
            "48061",
            (Note.CITY_NOT_IN_POSTCODE,),
        ),
        (PostalAddress(city="PARIS LA DEFENSE CEDEX", postal_code="92042"), "92026", ()),
        (PostalAddress(city="ST ETIENNE DE BAIGORRY"), "64477", ()),
        (PostalAddress(insee="98818"), "98818", ()),
    ],
)
def test_the_commune_of_an_address(
    address: PostalAddress, insee: str | None, notes: tuple[Note, ...]
) -> None:
    named = find_commune(COMMUNES, address)
    if insee is None:
        assert named is Unlocatable.FOREIGN
        return
    assert isinstance(named, NamedCommune)
    assert (named.commune.insee, named.notes) == (insee, notes)


@pytest.mark.parametrize(
    "address",
    [
        PostalAddress("GL 5O 2QJ CHELTENHAM", "GL", "", "99132", "99132"),
        PostalAddress("GL 5O 2QJ CHELTENHAM", "GL"),
        PostalAddress("12 avenue X", "98000", "MONACO"),
        PostalAddress("Rue Haute", "B-1000", "BRUXELLES"),
        PostalAddress("Rue Haute", "1000", "BRUXELLES", "", "BE"),
        PostalAddress("Rue Haute", "", "GENEVE", "", "SUISSE"),
        PostalAddress(country="99132"),
    ],
)
def test_foreign_addresses_are_refused(address: PostalAddress) -> None:
    found = locate(address, [MENDE_POINT])
    assert found == LocationFailure(Unlocatable.FOREIGN)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        (PostalAddress(), Unlocatable.EMPTY),
        (PostalAddress("12 rue X"), Unlocatable.EMPTY),
        (PostalAddress(city="SAINT DENIS"), Unlocatable.AMBIGUOUS_COMMUNE),
        (PostalAddress(city="NULLEPART"), Unlocatable.UNKNOWN_COMMUNE),
        (PostalAddress(city="NULLEPART", postal_code="57085"), Unlocatable.UNKNOWN_COMMUNE),
    ],
)
def test_an_address_without_commune_says_why(address: PostalAddress, reason: Unlocatable) -> None:
    assert locate(address) == LocationFailure(reason)


def test_a_homonym_in_the_department_of_a_cedex_is_told() -> None:
    named = find_commune(COMMUNES, PostalAddress(city="VERGNE CEDEX", postal_code="17999"))
    assert named == NamedCommune(COMMUNES.by_name("Vergné", department="17")[0], (Note.HOMONYM,))


def test_an_own_point_is_projected_and_keeps_its_precision() -> None:
    address = PostalAddress("900 RTE DE PARIS", "01440", "VIRIAT", "01451")
    source = ",ATLASANTE,100,IGN,BD_ADRESSE,V2.2,LAMBERT_93"
    expected = {"1": Precision.HOUSENUMBER, "2": Precision.STREET, "3": Precision.LOCALITY}
    for rank, precision in expected.items():
        found = locate_address(address, [RawPoint("870215.7", "6571590.5", rank + source)])
        assert found.precision is precision
        assert (found.source, found.insee, found.department) == (OWN, "01451", "01")
        assert distance_km(found.lat, found.lon, 46.2227, 5.2086) < 0.1
        assert found.zone == "Europe/Paris"
        assert found.reasons == ()


def test_the_second_pair_is_taken_when_the_first_cannot_be() -> None:
    pairs = [RawPoint("0", "0", "coordonnee"), RawPoint("44.5200", "3.5005", "direction")]
    found = locate_address(MENDE, pairs)
    assert (found.lat, found.lon, found.source) == (44.52, 3.5005, OWN)
    assert found.reasons == (Refusal.ZERO_ZERO, Note.AXES_SWAPPED)


@pytest.mark.proves("F016", "W21")
def test_a_place_at_longitude_zero_is_located() -> None:
    commune = COMMUNES.nearest(44.9, 0.0)
    found = locate_address(PostalAddress("1 rue X", insee=commune.insee), [RawPoint("0", "44.9")])
    assert (found.lat, found.lon, found.source) == (44.9, 0.0, OWN)


@pytest.mark.parametrize(
    ("x", "y", "refusal"),
    [
        ("-3.5005", "44.52", Refusal.SIGN_FLIPPED),
        ("44.52", "44.52", Refusal.LAT_EQUALS_LON),
        ("2.35", "48.85", Refusal.OUTSIDE_DEPARTMENT),
        ("3.60", "43.60", Refusal.OUTSIDE_DEPARTMENT),
        ("3.15", "44.85", Refusal.FAR_FROM_COMMUNE),
        ("", "", Refusal.EMPTY),
    ],
)
def test_a_wrong_own_point_falls_back_on_the_commune(x: str, y: str, refusal: Refusal) -> None:
    found = locate_address(MENDE, [RawPoint(x, y, "1,X")])
    mende = COMMUNES.by_insee("48095")
    assert mende is not None
    assert (found.lat, found.lon) == (mende.lat, mende.lon)
    assert (found.precision, found.source) == (Precision.MUNICIPALITY, GAZETTEER)
    assert found.reasons == (refusal,)


def test_a_commune_point_dressed_up_as_precise_is_marked() -> None:
    mende = COMMUNES.by_insee("48095")
    assert mende is not None
    found = locate_address(MENDE, [RawPoint(mende.lon, mende.lat, "1,X")])
    assert found.precision is Precision.MUNICIPALITY
    assert found.reasons == (Note.COMMUNE_POINT,)


@pytest.mark.parametrize(
    ("key", "precision"),
    [
        ("48095", Precision.MUNICIPALITY),
        ("48095_0123", Precision.STREET),
        ("48095_0123_00012", Precision.HOUSENUMBER),
        ("48095_0123_00012_bis", Precision.HOUSENUMBER),
        ("", Precision.STREET),
    ],
)
def test_the_parts_of_a_ban_key_tell_the_precision(key: str, precision: Precision) -> None:
    assert locate_address(MENDE, [RawPoint("3.5005", "44.52")], key).precision is precision


def test_one_point_for_many_addresses_is_a_default_point() -> None:
    requests = [
        LocateRequest(MENDE._replace(line=f"{number} rue X"), (MENDE_POINT,))
        for number in range(25)
    ]
    crowded = find_crowded_points(requests)
    assert crowded == {("3.5005", "44.5200")}
    assert find_crowded_points(requests[:20]) == frozenset()
    assert find_crowded_points([requests[0]] * 100) == frozenset()
    found = Locator(crowded=crowded).locate(MENDE, [MENDE_POINT])
    assert isinstance(found, Location)
    assert (found.precision, found.reasons) == (Precision.MUNICIPALITY, (Note.DEFAULT_POINT,))


def test_a_point_places_an_address_whose_commune_is_unknown() -> None:
    found = locate_address(PostalAddress("12 rue X", city="NULLEPART"), [MENDE_POINT])
    assert (found.insee, found.reasons) == ("48095", (Note.COMMUNE_FROM_POINT,))


def test_zones_follow_the_commune() -> None:
    assert locate_address(PostalAddress(insee="97502")).zone == "America/Miquelon"
    assert locate_address(PostalAddress(insee="98731")).zone == "Pacific/Marquesas"


def test_a_merged_commune_is_placed_at_its_own_part() -> None:
    part = locate_address(PostalAddress(city="ARBIGNIEU", postal_code="01300"))
    whole = locate_address(PostalAddress(insee="01015"))
    assert part.insee == whole.insee
    assert (part.lat, part.lon) != (whole.lat, whole.lon)


def test_an_answer_known_before_wins_over_the_commune_and_yields_to_the_source() -> None:
    answer = GeocodedPoint(44.519, 3.499, Precision.HOUSENUMBER, 0.9)
    key = address_key(MENDE.line, MENDE.postal_code, MENDE.city)
    locator = Locator(answers={key: answer})
    found = locator.locate(MENDE)
    assert isinstance(found, Location)
    assert (found.lat, found.source, found.score) == (44.519, GEOCODED_BEFORE, 0.9)
    own = locator.locate(MENDE, [MENDE_POINT])
    assert isinstance(own, Location)
    assert own.source == OWN


def test_the_geocoder_is_asked_once_an_address_and_only_where_it_helps() -> None:
    geocoder = RecordingGeocoder({MENDE.line: GeocodedPoint(44.519, 3.499, Precision.STREET, 0.8)})
    locator = Locator(geocoder=geocoder)
    requests = [
        LocateRequest(MENDE),
        LocateRequest(MENDE, (MENDE_POINT,)),
        LocateRequest(MENDE._replace(line="12 Rue de la REPUBLIQUE")),
        LocateRequest(MENDE._replace(line="")),
        LocateRequest(PostalAddress("1 street", "GL")),
    ]
    sources = [f.source for f in locator.locate_many(requests) if isinstance(f, Location)]
    assert sources == [GEOCODED, OWN, GEOCODED, GAZETTEER]
    assert geocoder.batches == [[MENDE]]
    list(locator.locate_many(requests))
    assert len(geocoder.batches) == 1


def test_a_geocoded_point_in_another_commune_is_refused() -> None:
    elsewhere = GeocodedPoint(48.85, 2.35, Precision.HOUSENUMBER, 0.95)
    found = Locator(geocoder=RecordingGeocoder({MENDE.line: elsewhere})).locate(MENDE)
    assert isinstance(found, Location)
    assert (found.source, found.reasons) == (GAZETTEER, (Note.GEOCODER_ELSEWHERE,))


def test_a_geocoded_commune_adds_nothing() -> None:
    answer = GeocodedPoint(44.6, 3.4, Precision.MUNICIPALITY, 0.95)
    found = Locator(geocoder=RecordingGeocoder({MENDE.line: answer})).locate(MENDE)
    assert isinstance(found, Location)
    assert found.source == GAZETTEER


def test_loads_are_cut_in_chunks_and_keep_their_order() -> None:
    geocoder = RecordingGeocoder()
    requests = (
        LocateRequest(MENDE._replace(line=f"{number} rue X")) for number in range(CHUNK + 3)
    )
    found = list(Locator(geocoder=geocoder).locate_many(requests))
    assert len(found) == CHUNK + 3
    assert [len(asked) for asked in geocoder.batches] == [CHUNK, 3]
    assert geocoder.batches[1][0].line == f"{CHUNK} rue X"


text = st.text(alphabet="0123456789ABDcédex -'StPARIS/", max_size=12)


@settings(deadline=None)
@given(st.builds(PostalAddress, text, text, text, text, text), text, text)
def test_any_address_is_placed_or_refused_with_a_reason(
    address: PostalAddress, x: str, y: str
) -> None:
    found = locate(address, [RawPoint(x, y)])
    if isinstance(found, Location):
        assert COMMUNES.by_insee(found.insee) is not None
        assert found.precision in Precision
    else:
        assert found.reason in Unlocatable


def test_two_streets_of_one_town_share_its_commune_and_nothing_else() -> None:
    locator = Locator()
    away = RawPoint("9.0", "42.0", "1,ATLASANTE,100,BAN,WGS84")
    refused = locator.locate(MENDE._replace(line="1 rue Basse"), [away])
    plain = locator.locate(MENDE)
    assert isinstance(refused, Location)
    assert isinstance(plain, Location)
    assert refused.insee == plain.insee == "48095"
    assert refused.reasons
    assert plain.reasons == ()
