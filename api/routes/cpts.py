"""``/v1/cpts``: the communities that cover a commune, and the members of one."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.query_names import refuse_repeated
from api.responses import OrjsonResponse
from api.routes.search import LISTS, SearchBody, answer_search
from api.schemas.cards import CptsList, responses
from api.schemas.page import ResultPage
from api.security.budgets import open_search_place
from api.security.dependencies import AdmittedCaller
from api.state import get_engine
from search_engine.lookup.cpts import cpts_of_commune
from search_engine.lookup.offer import CardViewer
from search_engine.request.criteria import SearchRequest

router = APIRouter(prefix="/v1/cpts", tags=["cpts"])

MEMBERS_PROBLEMS = responses(400, 404, 422)


class CommuneQuery(BaseModel):
    """The commune of the patient; other names are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    insee: str = Field(pattern=r"^(\d{1,2}|2[ABab])\d{3}$")
    """INSEE code of a commune, arrondissements and former codes included."""


Finess = Annotated[str, Path(pattern=r"^(\d{2}|2[AB])\d{7}$", description="FINESS of the CPTS.")]


@router.get(
    "",
    summary="Les CPTS d'une commune",
    response_model=CptsList,
    responses=responses(422),
)
async def get_cpts(
    request: Request,
    query: Annotated[CommuneQuery, Query()],
    caller: AdmittedCaller,
) -> Response:
    """The CPTS whose territory holds the commune; a district counts for its city and back."""
    refuse_repeated(request)
    engine, viewer = get_engine(request), CardViewer(role=caller.role)
    with open_search_place(request):
        cpts = await cpts_of_commune(
            engine.client, engine.alias, query.insee, engine.clock(), viewer
        )
    return OrjsonResponse(cpts)


@router.post(
    "/{finess}/members",
    summary="Les membres d'une CPTS",
    response_model=ResultPage,
    responses=MEMBERS_PROBLEMS,
)
async def post_members(
    request: Request,
    finess: Finess,
    caller: AdmittedCaller,
    search_request: SearchBody,
) -> Response:
    """The same search, among the members of one CPTS: every criterion holds (F094)."""
    return await answer_search(request, search_request, caller, finess)


@router.get(
    "/{finess}/members",
    summary="Les membres d'une CPTS, par un lien",
    response_model=ResultPage,
    responses=MEMBERS_PROBLEMS,
)
async def get_members(
    request: Request,
    finess: Finess,
    caller: AdmittedCaller,
    search_request: Annotated[SearchRequest, Query()],
) -> Response:
    """The same from query parameters, for links; lists are given by repeating the name."""
    refuse_repeated(request, LISTS)
    return await answer_search(request, search_request, caller, finess)
