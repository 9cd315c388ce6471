"""The rules of the 360Giving Data Standard 1.4 for the fields that our exports have, restated as a JSON Schema.

Source: the reference of the standard (https://standard.threesixtygiving.org), read in November 2026; the standard's own schema is not copied here.
Like it, these rules allow further fields; `tests/unit/catalog/standards/test_exports_threesixtygiving.py` asks that ours are among those named here.
"""

from typing import Any

_TEXT = {"type": "string"}
_TEXT_OR_NONE = {"type": ["string", "null"]}
_ADDRESS = {"type": ["string", "null"], "format": "uri"}
_MOMENT = {"type": "string", "format": "date-time"}
_DAY = {
    "type": "string",
    "anyOf": [{"pattern": r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"}, {"format": "date-time"}],
}
_AMOUNT = {"type": "number"}


def _list_of(properties: dict[str, Any], *required: str, least: int = 0) -> dict[str, Any]:
    return {
        "type": "array",
        "minItems": least,
        "items": {"type": "object", "properties": properties, "required": list(required)},
    }


_ORGANISATIONS = _list_of({"id": _TEXT, "name": _TEXT}, "id", "name", least=1)
_DATES = _list_of({"startDate": _DAY, "endDate": _DAY})

GRANT: dict[str, Any] = {
    "type": "object",
    "required": [
        "id",
        "title",
        "description",
        "currency",
        "amountAwarded",
        "awardDate",
        "recipientOrganization",
        "fundingOrganization",
    ],
    "properties": {
        "id": _TEXT,
        "title": _TEXT,
        "description": _TEXT,
        "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
        "amountAppliedFor": _AMOUNT,
        "amountAwarded": _AMOUNT,
        "amountDisbursed": _AMOUNT,
        "awardDate": _DAY,
        "plannedDates": _DATES,
        "actualDates": _DATES,
        "recipientOrganization": _ORGANISATIONS,
        "fundingOrganization": _ORGANISATIONS,
        "beneficiaryLocation": _list_of(
            {"name": _TEXT_OR_NONE, "countryCode": {"type": ["string", "null"], "pattern": "^[A-Z]{2}$"}}
        ),
        "grantProgramme": _list_of({"code": _TEXT, "title": _TEXT_OR_NONE}),
        "classifications": _list_of({"vocabulary": _TEXT, "code": _TEXT, "title": _TEXT_OR_NONE}),
        "relatedDocument": _list_of({"title": _TEXT_OR_NONE, "url": _ADDRESS}),
        "dateModified": _MOMENT,
        "dataSource": {"type": "string", "format": "uri"},
    },
}
"""One grant. The standard lists currencies and countries one by one; here they have the form of their ISO codes."""

PACKAGE: dict[str, Any] = {
    "type": "object",
    "required": ["grants"],
    "properties": {
        "version": {"type": "string", "pattern": r"^\d+\.\d+$"},
        "title": _TEXT,
        "description": _TEXT,
        "issued": _DAY,
        "modified": _DAY,
        "publisher": {"type": "object", "required": ["name"], "properties": {"name": _TEXT, "website": _ADDRESS}},
        "license": {"type": "string", "format": "uri"},
        "grants": {"type": "array", "minItems": 1, "uniqueItems": True, "items": GRANT},
    },
}
