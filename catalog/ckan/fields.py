"""The fields of a dataset and of a resource in our CKAN, declared once: name, label, kind. Data only.

The portal's schema (`scheming.py`) and the publisher's payload are both held to these. Here: what there is. Not here: values,
how CKAN stores a kind, how a page shows it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from catalog.core_metadata import words
from schemas.text import Text

Kind = Literal[
    "own",  # CKAN's own field: it stores and shows it, and the schema has nothing to say
    "title", "slug", "licence", "organisation", "tags", "url", "format",  # CKAN's own field with a place in the form
    "stable_id", "text", "markdown", "email", "digits", "number", "flag", "day", "moment", "frequency",
    "texts", "both", "object", "rows",
]  # fmt: skip
"""`digits` is a number as text (CKAN keeps such fields of ours as text), `number` one as a number, `flag` is "true" or empty,
`both` is {zh_Hans_CN, en}, `object` any JSON object, `texts` a list of strings, `rows` a list of objects with `parts`.
What is sent in this form is answered in this form."""

NOT_AN_ITEM = frozenset({"about", "item", "value", "not_applicable"})
"""Keys under `core.` that are headings of the table and no line of it."""


@dataclass(frozen=True)
class Field:
    """One field. Key: `name` within its kind of thing; `parts` are the fields of each row of `rows`."""

    name: str
    kind: Kind
    label: Text
    parts: tuple["Field", ...] = ()


def _field(name: str, kind: Kind, zh: str, en: str, *parts: Field) -> Field:
    return Field(name=name, kind=kind, label=Text(zh=zh, en=en), parts=parts)


CONTACT = (
    _field("name", "text", "名称", "Name"),
    _field("email", "email", "电子邮箱", "E-mail"),
    _field("phone", "text", "电话", "Telephone"),
)
PERIOD = (_field("start", "day", "起", "From"), _field("end", "day", "止", "To"))
PLACE = (_field("uri", "text", "地点标识", "Identifier"), _field("text", "text", "地点", "Place"))
OLD_RELEASE = (
    _field("number", "text", "版本", "Release"),
    _field("date", "day", "发布日期", "Released on"),
    _field("rows", "number", "行数", "Rows"),
    _field("added", "number", "新增", "Added"),
    _field("removed", "number", "删除", "Removed"),
    _field("changed", "number", "修改", "Changed"),
    _field("url", "text", "链接", "Link"),
)
_DATASET = (
    _field("id", "stable_id", "标识", "Id"),
    _field("title", "title", "标题", "Title"),
    _field("title_translated", "both", "标题（中英文）", "Title in both languages"),
    _field("name", "slug", "网址标识", "Name in addresses"),
    _field("notes", "markdown", "说明", "Description"),
    _field("notes_translated", "both", "说明（中英文）", "Description in both languages"),
    _field("tags", "tags", "关键词", "Keywords"),
    _field("license_id", "licence", "许可协议", "Licence"),
    _field("owner_org", "organisation", "发布机构", "Publisher"),
    _field("groups", "own", "主题", "Subjects"),
    _field("version", "own", "版本", "Version"),
    _field("identifier", "text", "标识符", "Identifier"),
    _field("release", "text", "发布版本", "Release"),
    _field("previous", "text", "上一版本", "Previous release"),
    _field("issued", "day", "首次发布", "First released"),
    _field("modified", "day", "数据更新", "Data updated"),
    _field("metadata_updated", "day", "说明更新", "Description updated"),
    _field("frequency", "frequency", "更新频率", "Update frequency"),
    _field("contact", "rows", "联系方式", "Contact", *CONTACT),
    _field("provenance", "markdown", "数据来源", "Provenance"),
    _field("language", "texts", "语言", "Languages"),
    _field("conforms_to", "texts", "遵循标准", "Conforms to"),
    _field("temporal_coverage", "rows", "时间范围", "Period covered", *PERIOD),
    _field("spatial_coverage", "rows", "空间范围", "Area covered", *PLACE),
    _field("access_rights", "text", "开放属性", "Access rights"),
    _field("theme", "texts", "主题分类", "Themes"),
    _field("contract_version", "text", "数据标准版本", "Contract version"),
    _field("rows", "digits", "行数", "Rows"),
    _field("fingerprint", "text", "条目指纹", "Fingerprint of the entry"),
    _field("payload_digest", "text", "发布内容摘要", "Digest of what was sent"),
    _field("synthetic", "flag", "示例数据（虚构）", "Synthetic sample data"),
    _field("quality", "object", "数据质量", "Quality"),
    _field("history", "rows", "历史版本", "Old releases", *OLD_RELEASE),
    _field("withdrawn", "object", "撤下", "Withdrawal"),
)
RESOURCE = (
    _field("id", "own", "标识", "Id"),
    _field("url", "url", "链接", "Link"),
    _field("name", "text", "名称", "Name"),
    _field("name_translated", "both", "名称（中英文）", "Name in both languages"),
    _field("description", "markdown", "说明", "Description"),
    _field("description_translated", "both", "说明（中英文）", "Description in both languages"),
    _field("format", "format", "格式", "Format"),
    _field("mimetype", "text", "媒体类型", "Media type"),
    _field("size", "number", "大小（字节）", "Size in bytes"),
    _field("hash", "text", "校验和", "Checksum"),
    _field("hash_algorithm", "text", "校验算法", "Checksum algorithm"),
    _field("release", "text", "发布版本", "Release"),
    _field("issued", "moment", "发布时间", "Released"),
    _field("modified", "moment", "数据更新", "Data updated"),
    _field("rows", "digits", "行数", "Rows"),
    _field("encoding", "text", "字符编码", "Encoding"),
    _field("kind", "text", "文件种类", "Kind of file"),
    _field("datastore_active", "own", "可用接口查询", "Can be queried"),
)


def core_fields() -> Iterator[Field]:
    """One field for every line of the core catalogue metadata: `core_<key>`, an object {zh_Hans_CN, en, applies}."""
    for key, label in words().items():
        room, _, item = key.partition(".")
        if room == "core" and item not in NOT_AN_ITEM:
            yield Field(name=f"core_{item}", kind="object", label=label)


def dataset_fields() -> tuple[Field, ...]:
    """Every field of a dataset, in the order of the form."""
    return (*_DATASET, *core_fields())
