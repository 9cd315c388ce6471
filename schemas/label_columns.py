"""Label columns: the columns with the names of codes that a release has beside each code column. Pure.

Grain: one column for each public field with a code list, and language; for a list with a group (`CodeList.group`: the city of a county)
one more for each. A field whose contract says `labels: false` has none. Departments do not submit these columns, the lake does not have
them, and they are part of no key. Not here: their values in a table (`warehouse/releases/label_columns.py`), the columns with a row's
slice (`slice_columns.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from schemas.codelists import Code, CodeList
from schemas.contract import SLICE_COLUMNS, Contract, Field
from schemas.departments import Department
from schemas.errors import ContractError
from schemas.text import Text

DERIVED_FROM = "derived_from"
DEPARTMENT = SLICE_COLUMNS[0]
Language = Literal["zh", "en"]
_SUFFIX: Mapping[Language, str] = {"zh": "_name", "en": "_name_en"}
_LANGUAGE: Mapping[Language, Text] = {"zh": Text(zh="中文", en="Chinese"), "en": Text(zh="英文", en="English")}


@dataclass(frozen=True)
class LabelColumn:
    """One label column. Key: `name` within its dataset. `of_group`: the name of the code's group instead of its own."""

    name: str
    field: str
    codelist: CodeList
    language: Language
    of_group: bool
    title: Text

    @property
    def description(self) -> Text:
        """Where its values come from, for dictionaries and column comments."""
        of, language = self.codelist.name, _LANGUAGE[self.language]
        return Text(
            zh=f"{self.field} 的{language.zh}名称，由平台取自代码表 {of}，不由单位报送",
            en=f"{language.en} name of {self.field}, written by the platform from the code list {of}; nobody hands it in",
        )

    @property
    def comment(self) -> str:
        """Title and description as the comment of a column, Chinese first."""
        about = self.description
        return f"{self.title.zh}：{about.zh} / {self.title.en}: {about.en}"

    def describe_field(self) -> dict[str, Any]:
        """Returns the field of a release's Table Schema, which says from which field it is derived."""
        properties = {"title_en": self.title.en, "description_en": self.description.en}
        return {
            "name": self.name,
            "type": "string",
            "title": self.title.zh,
            "description": self.description.zh,
            "sportlake": {**properties, DERIVED_FROM: self.field, "language": self.language, "group": self.of_group},
        }

    def label_codes(self) -> dict[str, str]:
        """Returns the label of every code of the list; a code without a group has none in a column of groups."""
        named = self.codelist.group_labels if self.of_group else self.codelist.labels
        return {code: label.zh if self.language == "zh" else label.en for code, label in named.items()}


def list_label_columns(contract: Contract, codelists: Mapping[str, CodeList]) -> tuple[LabelColumn, ...]:
    """Returns the label columns of a dataset, in the order of its fields; KeyError if a list of a public field is missing.

    ContractError if two columns of the release would have one name.
    """
    fields = [field for field in contract.public_fields() if field.policy.codelist and field.policy.labels]
    columns = [column for field in fields for column in _field_columns(field, codelists[str(field.policy.codelist)])]
    taken = {field.name for field in contract.fields}
    for column in (*columns, *list_department_labels({})):
        if column.name in taken:
            raise ContractError(
                Text(
                    zh=f"{contract.name}：字段 {column.field} 的名称列 {column.name} 与另一列同名；请改字段名，或在该字段写 labels: false",
                    en=f"{contract.name}: the label column {column.name} of {column.field} has the name of another column; rename the field, or say labels: false there",
                )
            )
        taken.add(column.name)
    return tuple(columns)


def list_department_labels(departments: Mapping[str, Department]) -> tuple[LabelColumn, ...]:
    """Returns the label columns of the department that handed a row in; their names do not depend on the departments."""
    codes = tuple(Code(code=one.code, zh=one.zh, en=one.en) for one in departments.values())
    title = Text(zh="报送单位", en="Submitting departments")
    codelist = CodeList(name=DEPARTMENT, title=title, source="", codes=codes)
    name = Text(zh="报送单位名称", en="Submitting department (name)")
    return tuple(_make_label(DEPARTMENT, DEPARTMENT, codelist, language, name, of_group=False) for language in _SUFFIX)


def group_label_columns(contract: Contract, codelists: Mapping[str, CodeList]) -> dict[str, list[LabelColumn]]:
    """Returns the label columns by the field whose codes they name, in the order in which they stand behind it; errors as above."""
    found: dict[str, list[LabelColumn]] = {}
    for column in list_label_columns(contract, codelists):
        found.setdefault(column.field, []).append(column)
    return found


def is_derived(field: Mapping[str, Any]) -> bool:
    """Whether a field of a release's Table Schema is written by the platform: a label column, or one of a row's slice."""
    return DERIVED_FROM in field.get("sportlake", {})


def is_label(field: Mapping[str, Any]) -> bool:
    """Whether a field of a release's Table Schema is a label column, with names in one language."""
    return is_derived(field) and "language" in field["sportlake"]


def is_group(field: Mapping[str, Any]) -> bool:
    """Whether a field of a release's Table Schema is a label column with the names of groups, such as cities."""
    return bool(field.get("sportlake", {}).get("group", False))


def _field_columns(field: Field, codelist: CodeList) -> list[LabelColumn]:
    base, languages = field.name.removesuffix("_code"), tuple(_SUFFIX)
    title = _name_title(field)
    columns = [_make_label(base, field.name, codelist, language, title, of_group=False) for language in languages]
    if (group := codelist.group) is not None:
        columns += [
            _make_label(group.name, field.name, codelist, language, group.title, of_group=True)
            for language in languages
        ]
    return columns


def _name_title(field: Field) -> Text:
    """Returns `场地类型名称` for `场地类型代码`, else the title with `名称` in brackets."""
    zh, en = field.title.removesuffix("代码"), f"{field.policy.title_en.removesuffix(' code')} (name)"
    return Text(zh=f"{zh}名称" if zh != field.title else f"{zh}（名称）", en=en)


def _make_label(
    base: str, field: str, codelist: CodeList, language: Language, title: Text, *, of_group: bool
) -> LabelColumn:
    return LabelColumn(
        name=f"{base}{_SUFFIX[language]}",
        field=field,
        codelist=codelist,
        language=language,
        of_group=of_group,
        title=title if language == "zh" else Text(zh=f"{title.zh}（英文）", en=f"{title.en} (English)"),
    )
