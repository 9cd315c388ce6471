"""What a file of a release is called and how it is described, the same in every catalogue.

Not here: which files a catalogue offers, and in which order.
"""

from collections.abc import Mapping

from catalog.entry import CatalogueEntry
from catalog.release_facts import Distribution, ReleaseFacts
from schemas.text import Text

FILE_NAMES: Mapping[str, Text] = {
    "csv": Text(zh="CSV 数据", en="CSV data"),
    "xlsx": Text(zh="Excel 数据", en="Excel data"),
    "parquet": Text(zh="Parquet 数据", en="Parquet data"),
    "geojson": Text(zh="GeoJSON 地图数据", en="GeoJSON map data"),
    "dictionary": Text(zh="数据字典", en="Data dictionary"),
    "descriptor": Text(zh="数据包说明", en="Data package descriptor"),
    "changes": Text(zh="与上一版的差异", en="Changes since the release before"),
}
"""By kind: the format of a data file, or the role of an explanatory one."""


def name_file(kind: str) -> Text:
    """What a file of that kind is called; an unknown kind by its own name in capitals."""
    return FILE_NAMES.get(kind, Text(zh=kind.upper(), en=kind.upper()))


def name_data_file(file: Distribution) -> Text:
    """What a data file is called: its kind, and which part it is if it is one."""
    kind = name_file(file.format)
    if file.part is None:
        return kind
    number, total = file.part
    return Text(zh=f"{kind.zh}（第 {number} 卷，共 {total} 卷）", en=f"{kind.en} (part {number} of {total})")


def describe_file(entry: CatalogueEntry, facts: ReleaseFacts) -> Text:
    """Of which dataset and release the file is, how many rows that release has, and in how many parts."""
    total = len(facts.parts)
    return Text(
        zh=f"{entry.title.zh}，第 {facts.number} 版，{facts.rows} 行{f'，分 {total} 卷，按文件名顺序合为全表' if total else ''}",
        en=f"{entry.title.en}, release {facts.number}, {facts.rows} rows{f' in {total} parts, which are the table in the order of their names' if total else ''}",
    )
