"""Made-up pairs of a plain descriptor and a CSV file in which everything that the two roads might read differently occurs.

A hypothesis strategy, `cases()`. Not here: comparing the roads (`conformed.py`).
"""

import csv
import io
from random import Random
from typing import Any, NamedTuple

from hypothesis import strategies as st

NUMBERS = ["0", "1", "-1", "12", "007", "1_000", " 12 ", "+5", "１２", "1e3", "1E-2", "12.5", "-0", "0.0", "1.10", "1.1", "NaN", "inf", "-inf",
           ".5", "5.", "9" * 20, "9" * 400, "0.1234567890123456789", "125.8", "125.8000000000000001", "125.80", "1,5", "0x1F", "1/2", "1-2", "1,234", "1,234.5", "12%", "$5", "٣", "1e400", "1" * 30, "0" * 30, "1e-400", "-9223372036854775809", "１２．５",
           "--1", "1.2.3", "9223372036854775807", "9223372036854775808", "1200平"]  # fmt: skip
DATES = ["2020-01-01", "2020-1-7", "2021-02-29", "2020-02-29", "2000-02-29", "1900-02-29", "2021-02-30", "0000-01-01", "0001-01-01", "9999-12-31",
         "2020-13-01", "２０２０-01-01", "2020-01-01 ", "2100-02-29", "2400-02-29", "2024-02-29", "2020/01/01", "2020/1/7", "20200101", "1949-10-01", "1949-09-30"]  # fmt: skip
MOMENTS = ["2020-01-01T10:00:00", "2020-01-01T10:00:00Z", "2020-01-01 10:00:00", "2020-02-29T23:59:59", "2021-02-29T00:00:00", "2020-01-01T24:00:00",
           "2020-01-01T10:00:00.5", "2020-01-01T10:00:00+08:00", "2020-01-01T10:00", "x", "0001-01-01T00:00:00"]  # fmt: skip
TEXTS = ["", "a", "ab", "abc", "中文", "𠮷野家", "é", "e\u0301", "x\n", "line1\nline2", 'q"uote', "a,b", " lead", "trail ", "NA", "-", "null", "None", "true",
         "False", "1", "0", "A1", "A-1", "١٢", "\u2028", "tab\t", "LN-001-002", "LN-００１", "z" * 30, "\ufeffx", "\0", "a\rb", "ａｂｃ", "中" * 40, "👨‍👩‍👧", "'a'", "'", '"', '""', "# a", "a;b", "a|b", "a\\b", "a\\,b", "a@b.cn", "https://a.cn"]  # fmt: skip
POOLS = {
    "integer": NUMBERS, "number": NUMBERS, "date": DATES, "datetime": MOMENTS, "string": TEXTS, "any": TEXTS,
    "boolean": ["true", "false", "True", "TRUE", "1", "0", "yes", "t", " true"],
    "year": ["2020", "0012", "12", "99999", "-123", "２０２０", "+202", "1999", "0202"],
    "yearmonth": ["2020-01", "2020-13", "2020-1", "x"], "time": ["10:00:00", "25:00:00", "10:00:00Z", "1"],
    "array": ["[1,2]", "[]", "x", "{}", '["a"]', "[1]", "null"], "object": ['{"a":1}', "x"], "geopoint": ["1,2", "200,1", "x", "[1,2]", '{"lon":1,"lat":2}', " 1 , 2 ", "90.5,45.5"],
    "duration": ["P1D", "PT1H", "x", "P1Y2M", "P0D", "-P1D", "P1.5D"], "geojson": ['{"type":"Point","coordinates":[1,2]}', "x"],
}  # fmt: skip
TAME = {
    "integer": ["0", "1", "12", "345"], "number": ["0", "1.1", "12", "125.8"], "date": ["2020-01-01", "1949-10-01"], "year": ["2020", "1999"],
    "boolean": ["true", "false"], "string": ["a", "ab", "b", "xyz"], "any": ["a", "b"], "datetime": MOMENTS[:1],
}  # fmt: skip
PATTERNS = [r"[a-z]+", "a|b", r"\d{2}", "[^,]*", r"\w+", ".*", r"(a|bc)?\s*", r"[A-Z]-?\d", "^x$", r"\S+", r"[\u4e00-\u9fa5]{2,}", r"LN-\d{3}-\d{3}",
            r"[^\d]+", "a{2,3}$", "(?:a|b)+", r"\bа", "(?=a)a", r"(.)\1", "a{,2}"]  # fmt: skip
BOUNDS = {
    "integer": ["0", "12", -1, "007", 10**20], "number": ["0", "1.1", "125.8", -1, "0.1234567890123456789", "1e3"],
    "date": ["1949-10-01", "2020-01-01"], "datetime": ["2020-01-01T10:00:00"], "year": ["2000", 2020],
}  # fmt: skip
ENUMS = {
    "integer": ["1", "12", 345], "number": ["1.10", "0.0", "1e3"], "date": ["2020-01-01", "2020-02-29"], "boolean": ["true", "1"], "year": ["2020", 1999],
    "yearmonth": ["2020-01"], "time": ["10:00:00"], "datetime": ["2020-01-01T10:00:00"], "any": ["a", "1"], "duration": ["P1D"], "geopoint": ["1,2"],
    "array": ["[1,2]"], "object": ['{"a":1}'],
}  # fmt: skip
DIALECTS: list[dict[str, Any]] = [
    {"delimiter": ";"}, {"delimiter": "|"}, {"csv": {"delimiter": "\t"}}, {"quoteChar": "'"}, {"skipInitialSpace": True}, {"doubleQuote": False},
    {"escapeChar": "\\"}, {"commentChar": "#"}, {"commentRows": [2]}, {"header": False}, {"headerRows": [1]}, {"headerRows": [2]}, {"headerRows": [1, 2]},
    {"headerCase": False}, {"skipBlankRows": True}, {"lineTerminator": "\r\n"}, {"headerJoin": "-"}, {"nullSequence": "-"},
]  # fmt: skip
V2 = {"$schema": "https://datapackage.org/profiles/2.0/tableschema.json"}
MATCHES = ["exact", "equal", "subset", "superset", "partial"]
UNHASHABLE = {"array", "object", "geojson"}
"""Frictionless itself breaks over keys of these."""


class Case(NamedTuple):
    """A descriptor, the bytes of the file it is about, and the bytes of the table that it may refer to."""

    descriptor: dict[str, Any]
    content: bytes
    reference: bytes


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A schema of one to five fields, and a file with the odd ragged, blank, torn or mislabelled row."""
    fields = [draw(_fields(f"f{place}")) for place in range(draw(st.integers(1, 5)))]
    schema: dict[str, Any] = {"fields": fields}
    if draw(st.integers(0, 4)) == 0:
        schema["missingValues"] = draw(st.sampled_from([["NA", ""], ["-"], ["", " "], ["1", ""], ["NaN"], []]))
    names = [field["name"] for field in fields]
    if draw(st.integers(0, 2)) == 0:
        keys = [field["name"] for field in fields if field["type"] not in UNHASHABLE] or names
        schema["primaryKey"] = draw(st.lists(st.sampled_from(keys), min_size=1, max_size=2, unique=True))
    reference = "k,l\n"
    if draw(st.integers(0, 3)) == 0:
        on = draw(st.lists(st.sampled_from(fields), min_size=1, max_size=2, unique_by=lambda field: field["name"]))
        key = ["k", "l"][: len(on)]
        schema["foreignKeys"] = [
            {"fields": [field["name"] for field in on], "reference": {"resource": "r", "fields": key}}
        ]
        known = [[POOLS[field["type"]][n % len(POOLS[field["type"]])] for field in on] for n in range(4)]
        reference = _csv([key, *known])
        types = [{"name": name, "type": field["type"]} for name, field in zip(key, on, strict=True)]
    else:
        types = [{"name": "k", "type": "string"}, {"name": "l", "type": "string"}]
    if draw(st.integers(0, 5)) == 0:
        schema |= {**V2, "fieldsMatch": draw(st.sampled_from(MATCHES))}
    judged = {"name": "t", "path": "t.csv", "schema": schema}
    if draw(st.integers(0, 4)) == 0:
        judged["dialect"] = draw(st.sampled_from(DIALECTS))
    resources = [
        judged,
        {"name": "r", "path": "r.csv", "encoding": "utf-8", "schema": {"fields": types}},
    ]
    return Case({"name": "p", "resources": resources}, draw(_files(fields)), reference.encode())


@st.composite
def _fields(draw: st.DrawFn, name: str) -> dict[str, Any]:
    type_ = draw(st.sampled_from([*POOLS, "string", "integer", "number"]))
    rules: dict[str, Any] = draw(st.fixed_dictionaries({}, optional={"required": st.booleans()}))
    if type_ not in UNHASHABLE and draw(st.integers(0, 4)) == 0:
        rules["unique"] = True
    for rule in draw(st.lists(st.sampled_from(["minimum", "maximum"]), max_size=2, unique=True)):
        if type_ in BOUNDS:
            rules[rule] = draw(st.sampled_from(BOUNDS[type_]))
    field: dict[str, Any] = {"name": name, "type": type_, "constraints": rules}
    rules |= draw(_other_rules(type_))
    if type_ == "string":
        which = draw(st.sampled_from(["pattern", "minLength", "maxLength", "enum", "format", "none"]))
        made = {
            "pattern": st.sampled_from(PATTERNS),
            "minLength": st.integers(0, 4),
            "maxLength": st.integers(0, 6),
            "enum": st.lists(st.sampled_from(TEXTS), min_size=1, max_size=4, unique=True),
        }
        if which in made:
            rules[which] = draw(made[which])
        elif which == "format":
            field["format"] = draw(st.sampled_from(["email", "uri", "uuid", "binary"]))
    field |= draw(st.sampled_from(_SPELLED.get(type_, [{}])))
    if draw(st.integers(0, 8)) == 0:
        field["missingValues"] = draw(st.sampled_from([["NA"], ["", "-"], ["0"], ["None"]]))
    return field


@st.composite
def _other_rules(draw: st.DrawFn, type_: str) -> dict[str, Any]:
    """Constraints of types that no column of Arrow clears."""
    if type_ in ENUMS and draw(st.integers(0, 7)) == 0:
        return {"enum": draw(st.lists(st.sampled_from(ENUMS[type_]), min_size=1, max_size=2, unique=True))}
    if type_ in {"array", "object"} and draw(st.integers(0, 3)) == 0:
        return {draw(st.sampled_from(["minLength", "maxLength"])): draw(st.integers(0, 2))}
    return {}


_SPELLED: dict[str, list[dict[str, Any]]] = {
    "number": [{}, {}, {}, {"groupChar": ","}, {"decimalChar": ","}, {"bareNumber": False}, {"floatNumber": True}],
    "integer": [{}, {}, {"bareNumber": False}],
    "geopoint": [{}, {"format": "array"}, {"format": "object"}],
    "geojson": [{}, {"format": "topojson"}],
    "datetime": [{}, {}, {"format": "%Y-%m-%d %H:%M:%S"}, {"format": "any"}],
    "time": [{}, {"format": "%H:%M:%S"}],
    "array": [{}, {"arrayItem": {"type": "integer"}}],
    "boolean": [{}, {"trueValues": ["yes", "1"], "falseValues": ["no", "0"]}],
    "date": [{}, {}, {"format": "%Y/%m/%d"}, {"format": "any"}],
}


@st.composite
def _files(draw: st.DrawFn, fields: list[dict[str, Any]]) -> bytes:
    chance = Random(draw(st.integers(0, 2**31)))  # noqa: S311 - made-up cells; one draw, so that files may be long
    tame = draw(st.booleans())
    labels = [field["name"] for field in fields]
    labels = draw(
        st.sampled_from(
            [labels] * 8
            + [
                labels[:-1] or ["z"],
                [*labels, "more"],
                [*labels[:-1], labels[0]],
                labels[::-1],
                [one.upper() for one in labels],
                [labels[0], *labels],
            ]
        )
    )
    rows = []
    for _ in range(draw(st.integers(0, 60))):
        row = [_cell(field["type"], chance, tame=tame) for field in fields]
        rows.append(chance.choice([row] * 20 + [row[:-1], [*row, "extra"], [""] * len(row), []]))
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    end = draw(st.sampled_from(["\n", "\n", "\r\n", "\r"]))
    text = _csv([labels, *rows], lineterminator=end, quoting=quoting, delimiter=draw(st.sampled_from(",,,,,;\t")))
    if draw(st.integers(0, 6)) == 0:
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(text))
            text = text[:at] + chance.choice(['"', '""', "\r", ",", "\n", '"x"', end + end]) + text[at:]
    content = draw(st.sampled_from([b"", b"", b"", b"\xef\xbb\xbf"])) + text.encode()
    return content + b"\xff\n" if chance.random() < 0.03 else content


def _cell(type_: str, chance: Any, *, tame: bool) -> str:
    odd = chance.random()
    if odd < 0.05:
        return ""
    if odd < 0.07:
        return chance.choice(TEXTS)
    return chance.choice(TAME.get(type_, POOLS[type_]) if tame and odd < 0.9 else POOLS[type_])


def _csv(rows: list[list[str]], **options: Any) -> str:
    out = io.StringIO()
    csv.writer(out, **{"lineterminator": "\n", **options}).writerows(rows)
    return out.getvalue()
