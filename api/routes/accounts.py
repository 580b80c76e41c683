"""``/v1/accounts``: regulators and those who manage them, each manager within his territories.

Paths hold the technical UUID of an account, never the number of a person.
"""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from api.csv_body import CsvBody
from api.preconditions import IdempotencyKey, ReplacedVersion, build_entity_tag
from api.query_names import refuse_repeated
from api.records import get_records
from api.responses import OrjsonResponse, drop_unknown
from api.schemas.accounts import (
    AccountBody,
    AccountChangeBody,
    AccountImport,
    AccountList,
    KeptAccount,
)
from api.schemas.cards import responses
from api.schemas.identifiers import UUID
from api.security.dependencies import AdmittedCaller
from api.state import get_engine
from api.strict_json import JsonBody
from mappings.text.sheets import Sheet
from records.access import Actor
from records.accounts.document import describe_account, describe_reports
from records.accounts.sheet import order_reports, parse_account_sheet
from records.accounts.store import (
    change_account,
    create_account_once,
    import_accounts,
    list_accounts,
    read_account,
)
from records.accounts.values import AccountChange, PersonAccount, normalize_values
from records.database import Database
from records.idempotency import build_creation

router = APIRouter(prefix="/v1", tags=["accounts"])

CREATED = 201
PAGE, LARGEST_PAGE = 100, 500
"""Accounts of a page, and the most that may be asked."""

AccountId = Annotated[str, Path(pattern=UUID, description="Technical UUID of an account.")]
After = Annotated[
    str | None, Query(pattern=UUID, description="`next` of the page before: what follows it.")
]
Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="Accounts of the page.")]


@router.get(
    "/accounts",
    summary="Les comptes de mes territoires",
    response_model=AccountList,
    responses=responses(403, 422, 503),
)
async def get_accounts(
    request: Request, caller: AdmittedCaller, *, after: After = None, limit: Limit = PAGE
) -> Response:
    """By name: those of his territories for a manager, all for an administrator, else none."""
    refuse_repeated(request)
    found = await get_records(request).run_as(
        caller, lambda database, actor: list_accounts(database, actor, after, limit + 1)
    )
    shown = [drop_unknown(describe_account(one)) for one in found[:limit]]
    more = {"next": found[limit - 1].id} if len(found) > limit else {}
    return OrjsonResponse({"accounts": shown, **more})


@router.post(
    "/accounts",
    summary="Créer un compte",
    status_code=CREATED,
    response_model=KeptAccount,
    responses=responses(400, 403, 409, 422, 503),
)
async def post_account(
    request: Request,
    caller: AdmittedCaller,
    said: Annotated[AccountBody, Depends(JsonBody(AccountBody))],
    key: IdempotencyKey,
) -> Response:
    """The same key and account answer the account as it is now."""
    asked, now = said.model_dump(), get_engine(request).clock()
    values = normalize_values(**{name: value or "" for name, value in asked.items()})

    def create(database: Database, actor: Actor) -> PersonAccount:
        creation = build_creation(actor, key, ("account", asked), now)
        return create_account_once(database, creation, values)

    return _answer(await get_records(request).run_as(caller, create), created=True)


@router.get(
    "/accounts/{account}",
    summary="Un compte",
    response_model=KeptAccount,
    responses=responses(403, 404, 422, 503),
)
async def get_account(request: Request, account: AccountId, caller: AdmittedCaller) -> Response:
    """With its version as ``ETag``."""
    read = partial(read_account, account_id=account)
    return _answer(await get_records(request).run_as(caller, read))


@router.patch(
    "/accounts/{account}",
    summary="Changer, fermer ou rouvrir un compte",
    response_model=KeptAccount,
    responses=responses(400, 403, 404, 409, 412, 422, 428, 503),
)
async def patch_account(
    request: Request,
    account: AccountId,
    caller: AdmittedCaller,
    version: ReplacedVersion,
    said: Annotated[AccountChangeBody, Depends(JsonBody(AccountChangeBody))],
) -> Response:
    """A manager gives and takes OSNP and IOA alone, within his territories."""
    given = said.model_dump(exclude_unset=True)
    active = given.pop("active", None)
    change = partial(
        change_account,
        account_id=account,
        change=AccountChange(given, active),
        version=version,
        now=get_engine(request).clock(),
    )
    return _answer(await get_records(request).run_as(caller, change))


@router.post(
    "/account-imports",
    summary="Créer ou changer un compte par ligne d'un fichier",
    response_model=AccountImport,
    responses=responses(400, 403, 422, 503),
)
async def post_account_import(
    request: Request, caller: AdmittedCaller, sheet: Annotated[Sheet, Depends(CsvBody())]
) -> Response:
    """A refused line has its reason and stops no other; sent again, the others are unchanged."""
    lines, refused = parse_account_sheet(sheet)
    now = get_engine(request).clock()

    def bring(database: Database, actor: Actor) -> dict[str, Any]:
        done = import_accounts(database, actor, lines, now)
        return describe_reports(order_reports(refused, done))

    report = await get_records(request).run_as(caller, bring)
    return OrjsonResponse({**report, "lines": [*map(drop_unknown, report["lines"])]})


def _answer(account: PersonAccount, *, created: bool = False) -> Response:
    headers = {"ETag": build_entity_tag(account.version)}
    if created:
        headers["Location"] = f"/v1/accounts/{account.id}"
    return OrjsonResponse(
        drop_unknown(describe_account(account)), CREATED if created else 200, headers
    )
