"""The fields of a dataset and of a resource in our CKAN, declared once: name, label, kind. Data only.

The portal's schema (`scheming.py`) and the publisher's payload both use these. Not here: values, how CKAN stores a
kind, how a page displays it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from catalog.core_metadata import catalogue_texts
from schemas.text import Text

Kind = Literal[
    "own",  # CKAN's own field: it stores and displays it, and the schema does not declare it
    "title", "slug", "licence", "organisation", "tags", "url", "format",  # CKAN's own field with a place in the form
    "stable_id", "text", "markdown", "email", "digits", "number", "flag", "day", "moment", "frequency",
    "texts", "both", "object", "rows", "words",
]  # fmt: skip
"""How values of a kind are sent.

`digits` is a number as text (CKAN keeps such fields of ours as text), `number` one as a number, `flag` is "true" or
empty, `both` is {zh_Hans_CN, en}, `object` any JSON object, `texts` a list of strings, `rows` a list of objects with
`parts`, `words` a text that is indexed and never displayed. CKAN answers in the same form as is sent."""

NOT_AN_ITEM = frozenset({"about", "item", "value", "not_applicable"})
"""Keys under `core.` that are headings of the table, not lines of it."""


@dataclass(frozen=True)
class CkanField:
    """One field. Key: `name` within its object type; `parts` are the fields of each row of `rows`."""

    name: str
    kind: Kind
    label: Text
    parts: tuple["CkanField", ...] = ()


def _make_field(name: str, kind: Kind, zh: str, en: str, *parts: CkanField) -> CkanField:
    return CkanField(name=name, kind=kind, label=Text(zh=zh, en=en), parts=parts)


CONTACT = (
    _make_field("name", "text", "名称", "Name"),
    _make_field("email", "email", "电子邮箱", "E-mail"),
    _make_field("phone", "text", "电话", "Telephone"),
)
PERIOD = (_make_field("start", "day", "起", "From"), _make_field("end", "day", "止", "To"))
PLACE = (_make_field("uri", "text", "地点标识", "Identifier"), _make_field("text", "text", "地点", "Place"))
OLD_RELEASE = (
    _make_field("number", "text", "版本", "Release"),
    _make_field("date", "day", "发布日期", "Released on"),
    _make_field("rows", "number", "行数", "Rows"),
    _make_field("added", "number", "新增", "Added"),
    _make_field("removed", "number", "删除", "Removed"),
    _make_field("changed", "number", "修改", "Changed"),
    _make_field("url", "text", "链接", "Link"),
)
_DATASET = (
    _make_field("id", "stable_id", "标识", "Id"),
    _make_field("title", "title", "标题", "Title"),
    _make_field("title_translated", "both", "标题（中英文）", "Title in both languages"),
    _make_field("name", "slug", "网址标识", "Name in addresses"),
    _make_field("notes", "markdown", "说明", "Description"),
    _make_field("notes_translated", "both", "说明（中英文）", "Description in both languages"),
    _make_field("tags", "tags", "关键词", "Keywords"),
    _make_field("license_id", "licence", "许可协议", "Licence"),
    _make_field("owner_org", "organisation", "发布机构", "Publisher"),
    _make_field("groups", "own", "主题", "Subjects"),
    _make_field("version", "own", "版本", "Version"),
    _make_field("identifier", "text", "标识符", "Identifier"),
    _make_field("release", "text", "版本", "Release"),
    _make_field("previous", "text", "上一版本", "Previous release"),
    _make_field("issued", "day", "首次发布", "First released"),
    _make_field("modified", "day", "数据更新", "Data updated"),
    _make_field("metadata_updated", "day", "说明更新", "Description updated"),
    _make_field("frequency", "frequency", "更新周期", "Update frequency"),
    _make_field("contact", "rows", "联系方式", "Contact", *CONTACT),
    _make_field("provenance", "markdown", "数据来源", "Provenance"),
    _make_field("language", "texts", "语言", "Languages"),
    _make_field("conforms_to", "texts", "遵循标准", "Conforms to"),
    _make_field("temporal_coverage", "rows", "时间范围", "Period covered", *PERIOD),
    _make_field("spatial_coverage", "rows", "空间范围", "Area covered", *PLACE),
    _make_field("access_rights", "text", "开放属性", "Access rights"),
    _make_field("theme", "texts", "主题分类", "Themes"),
    _make_field("contract_version", "text", "数据规范版本", "Contract version"),
    _make_field("rows", "digits", "行数", "Rows"),
    _make_field("fingerprint", "text", "条目指纹", "Fingerprint of the entry"),
    _make_field("payload_digest", "text", "发布内容摘要", "Digest of what was sent"),
    _make_field("synthetic", "flag", "示例数据（虚构）", "Synthetic sample data"),
    _make_field("quality", "object", "数据质量", "Quality"),
    _make_field("time_limit", "both", "时限", "Time limits"),
    _make_field("time_limits_kept", "object", "时限执行情况", "How time limits are kept"),
    _make_field("history", "rows", "历史版本", "Old releases", *OLD_RELEASE),
    _make_field("taken_back", "texts", "不再提供的版本", "Releases taken back"),
    _make_field("search_words", "words", "检索词", "Words to be found by"),
    _make_field("withdrawn", "object", "停止开放", "Withdrawal"),
)
RESOURCE = (
    _make_field("id", "own", "标识", "Id"),
    _make_field("url", "url", "链接", "Link"),
    _make_field("name", "text", "名称", "Name"),
    _make_field("name_translated", "both", "名称（中英文）", "Name in both languages"),
    _make_field("description", "markdown", "说明", "Description"),
    _make_field("description_translated", "both", "说明（中英文）", "Description in both languages"),
    _make_field("format", "format", "格式", "Format"),
    _make_field("mimetype", "text", "媒体类型", "Media type"),
    _make_field("size", "number", "大小（字节）", "Size in bytes"),
    _make_field("hash", "text", "校验和", "Checksum"),
    _make_field("hash_algorithm", "text", "校验算法", "Checksum algorithm"),
    _make_field("release", "text", "版本", "Release"),
    _make_field("issued", "moment", "发布时间", "Released"),
    _make_field("modified", "moment", "数据更新", "Data updated"),
    _make_field("rows", "digits", "行数", "Rows"),
    _make_field("encoding", "text", "字符编码", "Encoding"),
    _make_field("kind", "text", "文件种类", "Kind of file"),
    _make_field("datastore_active", "own", "可用接口查询", "Can be queried"),
)


def core_fields() -> Iterator[CkanField]:
    """Yields one field for each line of the core metadata: `core_<key>`, an object {zh_Hans_CN, en, applies}."""
    for key, label in catalogue_texts().items():
        room, _, item = key.partition(".")
        if room == "core" and item not in NOT_AN_ITEM:
            yield CkanField(name=f"core_{item}", kind="object", label=label)


def dataset_fields() -> tuple[CkanField, ...]:
    """Returns every field of a dataset, in the order of the form."""
    return (*_DATASET, *core_fields())
