"""A request body that is a sheet, as a spreadsheet saves it: CSV, read strictly as one."""

import csv
import re
from dataclasses import replace

from fastapi import Request

from api.refusals import RequestRefused
from mappings.text.sheets import Sheet, parse_lines, read_sheet
from search_engine.request.criteria_faults import MALFORMED_BODY

MEDIA_TYPE = "text/csv"
IS_CSV = re.compile(r"\s*text/csv\s*(;.*)?", re.IGNORECASE)
NOT_CSV = replace(
    MALFORMED_BODY,
    detail="Le corps de la demande n'est pas une feuille CSV lisible.",
    remedy="Envoyez le fichier avec l'en-tête Content-Type: text/csv.",
)


class CsvBody:
    """The dependency that reads the body of a request as one sheet, as ``JsonBody`` does JSON."""

    async def __call__(self, request: Request) -> Sheet:
        """The sheet; raises ``RequestRefused`` for another media type or an unreadable header."""
        if not IS_CSV.fullmatch(request.headers.get("content-type", "")):
            raise RequestRefused(NOT_CSV)
        try:
            return read_sheet(parse_lines(await request.body()))
        except csv.Error:
            raise RequestRefused(NOT_CSV) from None
