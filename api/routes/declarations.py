"""What people declare, over HTTP: settings of professionals and structures, absences.

``GET`` gives the version as ``ETag``; ``PUT`` replaces that version alone. Who may do what is
decided by the records, object by object.
"""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from api.preconditions import CancelOrientations, ExpectedVersion, build_entity_tag
from api.query_names import refuse_repeated
from api.records import get_records
from api.responses import OrjsonResponse
from api.schemas.cards import responses
from api.schemas.declarations import (
    AbsenceBody,
    Kept,
    KeptAbsences,
    KeptProfessionalSettings,
    KeptStructureSettings,
    ProfessionalSettingsBody,
    StructureSettingsBody,
)
from api.security.dependencies import AdmittedCaller
from api.state import get_engine
from api.strict_json import JsonBody
from mappings.formats import Absence
from mappings.instants import utc_text
from records.absences import change_absence, name_absent, read_absence
from records.kinds import StoredRecord
from records.professional_settings import (
    StoredSettings,
    change_professional_settings,
    read_professional_settings,
)
from records.settings_rules import SoftwareAnswers, parse_settings
from records.structure_settings import (
    change_structure_settings,
    name_structure,
    parse_structure_settings,
    read_structure_settings,
)

router = APIRouter(prefix="/v1", tags=["declarations"])

READ = responses(403, 404, 422, 503)
CREATED = 201


def describe_change(shape: type[Kept]) -> dict[int | str, dict[str, Any]]:
    """The answers of a change beside 200: a first value, and the problems."""
    first = {"model": shape, "description": "Première valeur"}
    return responses(400, 403, 404, 412, 422, 428, 503) | {CREATED: first}


Rpps = Annotated[str, Path(pattern=r"^[0-9]{11}$", description="RPPS, 11 digits.")]
Structure = Annotated[
    str,
    Path(
        pattern=r"^(([0-9]{2}|2[AB])[0-9]{7}|[0-9]{14})$",
        description="FINESS of a structure, or SIRET of an SOS association.",
    ),
]
Absent = Annotated[
    str,
    Path(
        pattern=r"^([0-9]{11}|([0-9]{2}|2[AB])[0-9]{7})$",
        description="RPPS of a professional, or FINESS of a structure.",
    ),
]
Place = Annotated[
    str | None,
    Query(pattern=r"^[0134][0-9A-Z]{9,14}$", description="IDNST: at this place alone."),
]
ANSWERS = frozenset(SoftwareAnswers.__slots__)


@router.get(
    "/professionals/{rpps}/settings",
    summary="Les réglages d'un professionnel",
    response_model=KeptProfessionalSettings,
    responses=READ,
)
async def get_professional_settings(
    request: Request, rpps: Rpps, caller: AdmittedCaller
) -> Response:
    """His own for a professional, any for an operator."""
    read = partial(read_professional_settings, rpps=rpps)
    stored = await get_records(request).run_as(caller, read)
    return _answer_settings(stored)


@router.put(
    "/professionals/{rpps}/settings",
    summary="Changer les réglages d'un professionnel",
    response_model=KeptProfessionalSettings,
    responses=describe_change(KeptProfessionalSettings),
)
async def put_professional_settings(
    request: Request,
    rpps: Rpps,
    caller: AdmittedCaller,
    version: ExpectedVersion,
    said: Annotated[ProfessionalSettingsBody, Depends(JsonBody(ProfessionalSettingsBody))],
) -> Response:
    """Replaces them all; the searches follow within two seconds."""
    values = said.model_dump(exclude=set(ANSWERS))
    settings = parse_settings({**values, "rpps": rpps}, participation=said.participation)
    change = partial(
        change_professional_settings,
        settings=settings,
        answers=SoftwareAnswers(said.has_software, said.hours_available),
        version=version,
        now=get_engine(request).clock(),
    )
    return _answer_settings(
        await get_records(request).run_as(caller, change), created=version is None
    )


@router.get(
    "/structures/{structure}/settings",
    summary="Les réglages d'une structure",
    response_model=KeptStructureSettings,
    responses=READ,
)
async def get_structure_settings(
    request: Request, structure: Structure, caller: AdmittedCaller
) -> Response:
    """Those of a health centre by its FINESS, of an SOS association by its SIRET."""
    read = partial(read_structure_settings, structure=structure)
    stored = await get_records(request).run_as(caller, read)
    return answer_record(stored)


@router.put(
    "/structures/{structure}/settings",
    summary="Changer les réglages d'une structure",
    response_model=KeptStructureSettings,
    responses=describe_change(KeptStructureSettings),
)
async def put_structure_settings(
    request: Request,
    structure: Structure,
    caller: AdmittedCaller,
    version: ExpectedVersion,
    said: Annotated[StructureSettingsBody, Depends(JsonBody(StructureSettingsBody))],
) -> Response:
    """Replaces them all; the searches follow within two seconds."""
    change = partial(
        change_structure_settings,
        settings=parse_structure_settings(
            {**said.model_dump(), **name_structure(structure)}, participation=said.participation
        ),
        version=version,
        now=get_engine(request).clock(),
    )
    return answer_record(await get_records(request).run_as(caller, change), created=version is None)


@router.get("/absences/{who}", summary="Les absences", response_model=KeptAbsences, responses=READ)
async def get_absences(
    request: Request, who: Absent, caller: AdmittedCaller, idnst: Place = None
) -> Response:
    """Everywhere, or at the one place of ``idnst``."""
    refuse_repeated(request)
    read = partial(read_absence, who=who, idnst=idnst)
    stored = await get_records(request).run_as(caller, read)
    return answer_record(stored)


@router.put(
    "/absences/{who}",
    summary="Changer les absences",
    response_model=KeptAbsences,
    responses=describe_change(KeptAbsences) | responses(409),
)
async def put_absences(
    request: Request,
    who: Absent,
    *,
    caller: AdmittedCaller,
    version: ExpectedVersion,
    said: Annotated[AbsenceBody, Depends(JsonBody(AbsenceBody))],
    idnst: Place = None,
    cancel_orientations: CancelOrientations = False,
) -> Response:
    """Replaces them all: none withdraws them. The searches follow within two seconds."""
    refuse_repeated(request)
    values = {**said.model_dump(), **name_absent(who), "idnst": idnst}
    change = partial(
        change_absence,
        absence=Absence.model_validate(values),
        version=version,
        cancels=cancel_orientations,
        now=get_engine(request).clock(),
    )
    return answer_record(await get_records(request).run_as(caller, change), created=version is None)


def _answer_settings(stored: StoredSettings, *, created: bool = False) -> Response:
    answers = {name: getattr(stored.answers, name) for name in sorted(ANSWERS)}
    return answer_record(stored.record, answers, created=created)


def answer_record(
    stored: StoredRecord[Any], beside: dict[str, Any] | None = None, *, created: bool = False
) -> Response:
    """The value as kept, with its version as ``ETag``; 201 for a first one (RFC 9110, 9.3.4)."""
    headers = {"ETag": build_entity_tag(stored.version)}
    shown = describe_record(stored, beside)
    return OrjsonResponse(shown, CREATED if created else 200, headers)


def describe_record(
    stored: StoredRecord[Any], beside: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The value as kept, what is ``beside`` it, its version and author; no unknown member."""
    values = stored.value.model_dump(mode="json", exclude={"updated"}) | (beside or {})
    known = {name: value for name, value in values.items() if value is not None}
    kept = {
        "version": stored.version,
        "updated_at": utc_text(stored.updated_at),
        "updated_by": stored.updated_by,
    }
    return {**known, **kept}
