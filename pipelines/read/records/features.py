"""GeoJSON: one row per feature; a point supplies the contract's coordinates where the properties have none.

Not here: parsing and cell texts (`json_records`), other datums (`pipelines/normalise` and the contract's rules).

Source: RFC 7946 (GeoJSON; positions are longitude, latitude in WGS84).
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipelines.columns.column_labels import field_names_by_label, match_label
from pipelines.read.reading import refuse_file
from quality.findings import masked_excerpt
from schemas.contract import Contract
from schemas.policy import Coordinates
from schemas.text import Text

Row = Mapping[str, Any]
_NOTHING = frozenset({"", "null", "none", "nan", "n/a", "-", "--", "—", "/", "无", "空"})
"""What stands for an empty coordinate, without regard to case."""
_GEOMETRIES = ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection")
_POINTS = Text(zh="经纬度取自几何点", en="coordinates come from the points")
_CRS84 = ("CRS84", "4326", "4490")


def is_features(document: object) -> bool:
    """Whether the document's `type` is FeatureCollection."""
    return isinstance(document, dict) and document.get("type") == "FeatureCollection"


def feature_rows(
    path: Path, document: Mapping[str, Any], contract: Contract | None
) -> tuple[Sequence[Row], tuple[Text, ...]]:
    """Returns the properties of each feature, and the decisions for the receipt.

    Where the contract has coordinates and the properties of a feature lack both or hold nothing, longitude and latitude
    of its point are taken; they are None for a feature without a point. Raises UnreadableFile: not-a-table, if `features` is not a list
    of features.
    """
    features = document.get("features")
    if not isinstance(features, list) or not all(_is_feature(feature) for feature in features):
        raise refuse_file(
            "not-a-table",
            f"“{path.name}”的 features 不是要素列表；每个要素应有 type、properties 和 geometry（RFC 7946）",
            f"features of “{path.name}” is no list of features, each with type, properties and geometry (RFC 7946)",
        )
    rows = [feature.get("properties") or {} for feature in features]
    place = contract.policy.coordinates if contract else None
    decisions = _describe_foreign_crs(document)
    if contract is None or place is None:
        note = Text(zh="没有读取几何图形，只读取属性", en="geometry was not read, only properties")
        return rows, (*decisions, note)
    keys = _coordinate_keys(rows, contract, place)
    empty = [not any(_is_filled(row.get(key)) for key in keys) for row in rows]
    if not any(empty):
        note = Text(zh="经纬度取自属性，没有读取几何图形", en="coordinates come from the properties, not the geometry")
        return rows, (*decisions, note)
    return _add_coordinates(features, rows, empty, keys), (
        *decisions,
        *_describe_source(features, empty),
        *_describe_missing_points(features, empty),
    )


def _is_feature(feature: object) -> bool:
    return (
        isinstance(feature, dict)
        and feature.get("type") == "Feature"
        and isinstance(feature.get("properties", None) or {}, dict)
    )


def _coordinate_keys(rows: Sequence[Row], contract: Contract, place: Coordinates) -> tuple[str, str]:
    """Returns the keys of longitude and latitude in the properties; the names of the fields where there are none."""
    names = field_names_by_label(contract)
    known = {match_label(key, names)[0]: key for key in reversed(dict.fromkeys(key for row in rows for key in row))}
    return known.get(place.lon, place.lon), known.get(place.lat, place.lat)


def _is_filled(value: object) -> bool:
    return value is not None and (not isinstance(value, str) or value.strip().casefold() not in _NOTHING)


def _add_coordinates(
    features: Sequence[Row], rows: Sequence[Row], empty: Sequence[bool], keys: tuple[str, str]
) -> list[Row]:
    filled = []
    for feature, row, lacking in zip(features, rows, empty, strict=True):
        point = _feature_point(feature) or (None, None)
        filled.append({**row, **dict(zip(keys, point, strict=True))} if lacking else row)
    return filled


def _feature_point(feature: Row) -> tuple[Any, Any] | None:
    """Returns the position of a point, also of a MultiPoint that has one only, as a Shapefile of points is converted."""
    kind, position = _geometry_kind(feature), None
    if kind == "Point":
        position = feature["geometry"].get("coordinates")
    elif kind == "MultiPoint" and isinstance(several := feature["geometry"].get("coordinates"), list):
        position = several[0] if len(several) == 1 else None
    return (position[0], position[1]) if isinstance(position, list) and position[1:] else None


def _geometry_kind(feature: Row) -> str | None:
    """Returns the type of the geometry if it is one of GeoJSON."""
    geometry = feature.get("geometry")
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    return kind if isinstance(kind, str) and kind in _GEOMETRIES else None


def _describe_source(features: Sequence[Row], empty: Sequence[bool]) -> tuple[Text, ...]:
    """Returns which rows have the coordinates of their points, none if no row has."""
    taken = [
        number
        for number, (feature, lacking) in enumerate(zip(features, empty, strict=True), start=2)
        if lacking and _feature_point(feature) is not None
    ]
    if not taken:
        return ()
    return (_POINTS if all(empty) else _describe_partly(len(taken), taken[0]),)


def _describe_partly(count: int, first: int) -> Text:
    return Text(
        zh=f"{count} 行（第 {first} 行起）的属性中没有经纬度，取自几何点；其余各行取自属性",
        en=f"the properties of {count} rows, the first in row {first}, hold no coordinates: their points were taken; the other rows keep their properties",
    )


def _describe_missing_points(features: Sequence[Row], empty: Sequence[bool]) -> tuple[Text, ...]:
    others = [
        (number, _geometry_kind(feature))
        for number, (feature, lacking) in enumerate(zip(features, empty, strict=True), start=2)
        if lacking and _feature_point(feature) is None
    ]
    if not others:
        return ()
    first, kinds = others[0][0], sorted({kind for _, kind in others if kind})
    zh = f"，几何为 {'、'.join(kinds)}" if kinds else ""
    en = f" ({', '.join(kinds)})" if kinds else ""
    note = Text(
        zh=f"{len(others)} 行没有几何点（第 {first} 行起{zh}），经纬度按空白处理",
        en=f"{len(others)} rows have no point{en}, the first in row {first}; their coordinates are empty",
    )
    return (note,)


def _describe_foreign_crs(document: Mapping[str, Any]) -> tuple[Text, ...]:
    crs = document.get("crs")
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(name, str) or name.endswith(_CRS84):
        return ()
    return (
        Text(
            zh=f"文件注明坐标系 {masked_excerpt(name, 80)}，不是 CGCS2000/WGS84 经纬度；坐标未作换算",
            en=f"the file names {masked_excerpt(name, 80)}, not CGCS2000/WGS84 degrees; coordinates were not converted",
        ),
    )
