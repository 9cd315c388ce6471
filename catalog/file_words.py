"""What a file of a release is called and how it is described, the same in every catalogue.

Not here: which files a catalogue offers, and in which order.
"""

from collections.abc import Mapping

from catalog.entry import CatalogueEntry
from catalog.release_facts import ReleaseFacts
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


def describe_file(entry: CatalogueEntry, facts: ReleaseFacts) -> Text:
    """Of which dataset and release the file is, and how many rows that release has."""
    return Text(
        zh=f"{entry.title.zh}，第 {facts.number} 版，{facts.rows} 行",
        en=f"{entry.title.en}, release {facts.number}, {facts.rows} rows",
    )
