"""What surrounds a patient, by the way the place was given."""

from geography.density import DensityClass
from geography.gazetteer import load_gazetteer
from geography.ground import Ground
from search_engine.request.area import department_area, find_department, insee_area, point_area
from search_engine.request.patient_ground import find_patient_density, find_patient_ground

COMMUNES = load_gazetteer()


def test_the_landmass_of_a_commune_is_its_own_and_that_of_a_point_is_of_its_shore() -> None:
    island = insee_area(COMMUNES, "56087", None)
    assert find_patient_ground(island).landmass == "ile-aux-moines"
    before_it = point_area(COMMUNES, 47.606, -2.868, None)
    assert before_it.insee == "56087"  # the nearest town hall, across the water
    assert find_patient_ground(before_it).landmass == "mainland"
    assert find_patient_ground(insee_area(COMMUNES, "29042", None)) == Ground(
        "mainland", ("rade-brest-sud",)
    )
    assert find_patient_ground(department_area(find_department("2A"), None)).landmass == "corse"


def test_the_class_of_area_is_that_of_the_patient_and_not_of_the_department() -> None:
    florac, mende = (insee_area(COMMUNES, insee, None) for insee in ("48061", "48095"))
    assert find_patient_density(florac) is DensityClass.RURAL
    assert find_patient_density(mende) is DensityClass.MIXED
