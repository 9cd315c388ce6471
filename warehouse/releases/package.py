"""The descriptor of a release (`datapackage.json` as a value), its public schema, and its data dictionary.

Holds which fields are public, their schema once values have canonical spelling, and the dictionary. Grain of the dictionary:
one released column, in their order, as plain text columns; key `name`. Its labels and descriptions are in both
languages; `constraints` gives Chinese first, then English. Not here: writing files (`warehouse/distributions.py`,
`warehouse/releases/workbook.py`), numbering and freezing (`warehouse/releases/freezing.py`), whether a field is public
(`Contract.public_fields`).
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from schemas.codelists import CodeList
from schemas.contract import Contract, Field
from schemas.errors import ReleaseError
from schemas.label_columns import DERIVED_FROM, LabelColumn, group_label_columns, list_department_labels
from schemas.limits import describe_limits
from schemas.metadata import NOT_DONE
from schemas.people import REVIEW_ROLES, describe_approver
from schemas.rules.rules import InCodelist
from schemas.slice_columns import BY_NAME, SliceColumn
from schemas.slices import period_days
from schemas.text import Text
from warehouse.distributions import CODELIST_SCHEMA
from warehouse.releases.changes import changes_schema
from warehouse.releases.csv_metadata import MEDIATYPE, RESOURCE
from warehouse.releases.hashed_files import FileSum, MeasuredFolder
from warehouse.releases.release_table import list_table_files

# Accepted input spellings do not apply to a release, which has one spelling (`warehouse/canonical.py`).
_SPELLING_PROPERTIES = {"trueValues", "falseValues", "bareNumber", "groupChar", "decimalChar", "missingValues"}
DICTIONARY = "dictionary.csv"
_DATE_TYPES = {"date", "datetime", "time"}

FILE_KINDS: Mapping[str, Mapping[str, str]] = {
    "csv": {"format": "csv", "mediatype": "text/csv", "encoding": "utf-8-sig", "type": "table"},
    # If these files were declared as tables, frictionless would guess the types of a workbook's cells and miss the byte count
    # of Parquet. Data Package 2.0 knows no type but `table` (Data Resource, "type"); without a type frictionless decides by
    # the format in lower case. So the format is given in capitals: frictionless then checks only bytes and hash.
    "xlsx": {"format": "XLSX", "mediatype": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    "parquet": {"format": "PARQUET", "mediatype": "application/vnd.apache.parquet"},
    "geojson": {"format": "geojson", "mediatype": "application/geo+json", "encoding": "utf-8"},
}


def build_public_schema(contract: Contract) -> dict[str, Any]:
    """Returns the Table Schema of the public fields, in order; with the primary key only if all of it is public."""
    public = {field.name for field in contract.public_fields()}
    fields = [_strip_spelling_properties(field) for field in contract.table_schema["fields"] if field["name"] in public]
    key = {"primaryKey": list(contract.primary_key)} if public.issuperset(contract.primary_key) else {}
    # YAML reads an unquoted day in a constraint as a date; JSON has no date type.
    plain: dict[str, Any] = json.loads(
        json.dumps({"fields": fields, **key, "missingValues": [""]}, default=date.isoformat)
    )
    return plain


def select_public_codelists(contract: Contract, codelists: Mapping[str, CodeList]) -> dict[str, CodeList]:
    """Returns the code lists used by public fields, by name, in the order of their names."""
    public = {field.name for field in contract.public_fields()}
    rules = [rule for rule in contract.rules if isinstance(rule, InCodelist) and rule.field in public]
    return {name: codelists[name] for name in sorted({rule.codelist for rule in rules})}


def build_release_facts(
    contract: Contract,
    rows: int,
    filled: Mapping[str, int],
    slices: Sequence[Mapping[str, Any]],
    quality: Mapping[str, Any],
) -> dict[str, Any]:
    """Returns row and field counts, departments, time range and quality of a release. ReleaseError if `slices` is empty.

    `filled`: the number of cells that are not null, by public field.
    """
    if not slices:
        raise ReleaseError(
            Text(zh=f"{contract.name} 没有可发布的数据", en=f"there is nothing of {contract.name} to release")
        )
    days = [period_days(slice_["period"]) for slice_ in slices]
    return {
        "contract_version": contract.version,
        "rows": rows,
        "fields": len(filled),
        "data_updated": max(date.fromisoformat(slice_["received"]) for slice_ in slices).isoformat(),
        "time_range": {
            "from": min(first for first, _ in days).isoformat(),
            "to": max(to for _, to in days).isoformat(),
        },
        "departments": sorted({slice_["department"] for slice_ in slices}),
        "quality": {
            "rows_submitted": quality["rows_submitted"],
            "rows_held_back": quality["rows_held_back"],
            "findings": dict(quality["findings"]),
            "completeness": measure_completeness(rows, filled),
        },
    }


def measure_completeness(rows: int, filled: Mapping[str, int]) -> float:
    """Returns the share (0 to 1, four digits) of cells that are not null; 0 without cells."""
    cells = rows * len(filled)
    return round(sum(filled.values()) / cells, 4) if cells else 0.0


def build_descriptor(
    contract: Contract,
    measured: MeasuredFolder,
    schema: Mapping[str, Any],
    codelists: Iterable[CodeList],
    release: Mapping[str, Any],
) -> dict[str, Any]:
    """Builds `datapackage.json`: the contract's descriptor, the files in the folder as resources, and `sportlake.release`.

    `schema`: the Table Schema of the rows.
    """
    data = list(_data_resources(contract, measured))
    lists = [
        _file_resource(measured, f"codelist_{each.name}.csv", f"codelist-{each.name}")
        | {"title": f"代码表：{each.title.zh} / Code list: {each.title.en}", "schema": CODELIST_SCHEMA}
        for each in codelists
    ]
    table = {**data[0], "schema": schema}
    beside = [*lists, *_explanatory_resources(contract, measured, schema)]
    words = {key: value for key, value in contract.descriptor.items() if key not in {"resources", "sportlake"}}
    policy = {**_date_reviews(contract.descriptor["sportlake"], release), "release": dict(release)}
    return {**words, "created": release["created"], "resources": [table, *data[1:], *beside], "sportlake": policy}


def _data_resources(contract: Contract, measured: MeasuredFolder) -> Iterator[dict[str, Any]]:
    """Yields the resources of the rows: their formats, of which the first has the dataset's name, or their parts.

    Each part is a resource of its own: of a resource with a list of paths frictionless reads only the first Parquet file, and reports the
    whole as valid.
    """
    written = [suffix for suffix in FILE_KINDS if (measured.folder / f"{contract.name}.{suffix}").exists()]
    for place, suffix in enumerate(written):
        name = f"{contract.name}-{suffix}" if place else contract.name
        yield _file_resource(measured, f"{contract.name}.{suffix}", name)
    parts = () if written else list_table_files(measured.folder, contract.name)
    for number, path in enumerate(parts, 1):
        zh, en = f"第 {number} 卷，共 {len(parts)} 卷", f"Part {number} of {len(parts)}"
        title = f"{zh}，按顺序合为全表 / {en}; in this order they are the table"
        yield {**_file_resource(measured, path.name, path.stem), "title": title}


def _date_reviews(policy: Mapping[str, Any], release: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the policy in which the text of every review says, in both languages, what is on record about it and of which day.

    If there is an assessment of that kind, or an approval of the release in the role of the review: role, day and document. Otherwise:
    not done, as of the release. Reviews for which the contract has no item are added after its items.
    """
    catalogue = dict(policy["catalogue"])
    stated = [item for item, value in catalogue.items() if value == NOT_DONE]
    beside = ["classification_review"]
    beside += ["legal_basis_review"] if {"zh", "en"} == set(catalogue.get("legal_basis_publish", ())) else []
    for item in [*stated, *beside]:
        catalogue[item] = _date_review(item, release)
    return {**policy, "catalogue": catalogue}


def _date_review(item: str, release: Mapping[str, Any]) -> dict[str, Any]:
    assessed = next((one for one in release.get("assessments", ()) if one["kind"] == item), None)
    role = REVIEW_ROLES.get(item)
    one = assessed or next((one for one in release.get("approvals", ()) if one["role"] == role), None)
    if one is None:
        return {NOT_DONE: {"zh": "未办理", "en": "not done", "as_of": release["created"][:10]}}
    approver = describe_approver(one["role"], synthetic=one.get("synthetic", False))
    more = {key: one[key] for key in ("until", "document", "result") if key in one}
    return {"done": {"zh": approver.zh, "en": approver.en, "on": one["on"], **more}}


def changes_filename(dataset: str) -> str:
    """Returns the name of the changes file of a dataset's release."""
    return f"{dataset}_changes.csv"


def _explanatory_resources(
    contract: Contract, measured: MeasuredFolder, schema: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """Yields the resources of the dictionary and, if the file exists, of the changes file."""
    yield _file_resource(measured, DICTIONARY, "data-dictionary") | {
        "title": "数据字典 / Data dictionary",
        "schema": DICTIONARY_SCHEMA,
    }
    changes = changes_filename(contract.name)
    if (measured.folder / changes).exists():
        yield _file_resource(measured, changes, f"{contract.name}-changes") | {
            "title": "与上一版本的差异 / Changes since the release before",
            "schema": changes_schema(schema),
        }


def describe_csv_metadata(measured: MeasuredFolder, name: str) -> dict[str, Any]:
    """Returns the resource of the CSV metadata file, in a form of which frictionless checks only bytes and hash."""
    about = {"name": RESOURCE, "path": name, "format": "JSON", "mediatype": MEDIATYPE, "encoding": "utf-8"}
    title = "CSV 文件的列类型（CSV on the Web） / Types of the columns of the CSV files (CSV on the Web)"
    return {**about, "title": title, **describe_sum(measured.measure_file(name))}


def _file_resource(measured: MeasuredFolder, path: str, name: str) -> dict[str, Any]:
    about = {"name": name, "path": path, **FILE_KINDS[path.rsplit(".", 1)[1]]}
    return {**about, **describe_sum(measured.measure_file(path))}


def describe_sum(one: FileSum) -> dict[str, Any]:
    """Returns size and hash of a file in the form of a resource's properties."""
    return {"bytes": one.size, "hash": f"sha256:{one.sha256}"}


def _strip_spelling_properties(field: Mapping[str, Any]) -> dict[str, Any]:
    dropped = _SPELLING_PROPERTIES | ({"format"} if field["type"] in _DATE_TYPES else set())
    return {key: value for key, value in field.items() if key not in dropped}


HEADINGS: Mapping[str, str] = {
    "name": "字段名",
    "label_zh": "中文名称",
    "label_en": "英文名称",
    "description_zh": "中文说明",
    "description_en": "英文说明",
    "type": "类型",
    "unit": "单位",
    "codelist": "代码表",
    "derived_from": "来自字段",
    "required": "必填",
    "constraints": "要求",
    "example": "示例",
    "disclosure": "公开限制",
}
"""The columns of the dictionary and their Chinese headings."""

DICTIONARY_SCHEMA: Mapping[str, Any] = {
    "fields": [
        {"name": name, "title": title, "type": "boolean" if name == "required" else "string"}
        for name, title in HEADINGS.items()
    ],
    "primaryKey": ["name"],
    "missingValues": [""],
}


def build_dictionary(contract: Contract, codelists: Mapping[str, CodeList]) -> pa.Table:
    """Builds the dictionary of the contract's fields, their label columns and the slice columns; null where there is no value.

    Fields that are never published are listed too, so that people know of them; the column `disclosure` says so.
    """
    labels = group_label_columns(contract, codelists)
    rows = [
        row
        for field in contract.fields
        for row in (_dictionary_row(field, contract), *map(_derived_row, labels.get(field.name, ())))
    ]
    department, *others = BY_NAME.values()
    added: list[LabelColumn | SliceColumn] = [department, *list_department_labels({}), *others]
    rows += map(_derived_row, added)
    return pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in HEADINGS})


def _derived_row(column: LabelColumn | SliceColumn) -> dict[str, str | None]:
    described = column.describe_field()
    return {
        "name": column.name,
        "label_zh": column.title.zh,
        "label_en": column.title.en,
        "description_zh": column.description.zh,
        "description_en": column.description.en,
        "type": described["type"],
        "derived_from": described["sportlake"][DERIVED_FROM],
        "required": "false",
    }


def _dictionary_row(field: Field, contract: Contract) -> dict[str, str | None]:
    policy, withheld = field.policy, contract.policy.disclosure.describe_withheld(field.name)
    limits = describe_limits({key: value for key, value in field.constraints.items() if key != "required"})
    return {
        "name": field.name,
        "label_zh": field.label.zh,
        "label_en": field.label.en,
        "description_zh": field.description,
        "description_en": policy.description_en,
        "type": field.type,
        "unit": policy.unit,
        "codelist": policy.codelist,
        "required": "true" if field.required else "false",
        "constraints": f"{limits.zh} / {limits.en}" if limits else None,
        "example": None if withheld else policy.example,
        "disclosure": f"{withheld.zh} / {withheld.en}" if withheld else None,
    }
