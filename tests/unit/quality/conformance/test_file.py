"""The judge of a whole file: the same verdicts as frictionless, on hand-made and on generated files."""

import openpyxl
import pytest
from frictionless import system
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quality.conformance.file import conform_file
from support.conformed import prefilter_for_every_size
from support.plain import csv_text, fields, found_places, reference, written

PLAIN = fields("id:integer", "name", "when:date")
HEADER = "id,name,when\n"
GOOD = HEADER + "1,甲,2026-01-01\n2,乙,2026-02-28\n"
TYPED = fields({"name": "id", "type": "integer", "constraints": {"required": True}}, "x:number", primaryKey=["id"])
V2 = {"$schema": "https://datapackage.org/profiles/2.0/tableschema.json"}


def constrained(type_, **constraints):
    return fields("id", {"name": "x", "type": type_, "constraints": constraints})


def resource(schema=PLAIN, **more):
    return {"name": "t", "path": "elsewhere.csv", "schema": schema, **more}


@pytest.fixture(autouse=True, scope="module")
def _prefilter_for_every_size():
    with prefilter_for_every_size():
        yield


CASES = {
    "nothing wrong": (PLAIN, GOOD),
    "types": (PLAIN, HEADER + "x,甲,2026-02-30\n1.5,,2026/01/01\n"),
    "blank rows": (PLAIN, HEADER + "\n1,甲,\n,,\n\n2,乙,\n"),
    "blank rows with a key": ({**PLAIN, "primaryKey": ["id"]}, HEADER + "\n1,甲,\n,,\n"),
    "short rows": (PLAIN, HEADER + "1\n2,乙\n"),
    "short rows with required fields": (TYPED, "id,x\n\n1\n"),
    "long rows": (PLAIN, HEADER + "1,甲,2026-01-01,z,\n2,乙,,y\n"),
    "short and long and wrong": (PLAIN, HEADER + "a\n2,乙,?,多\n"),
    "wrong label": (PLAIN, "id,nom,when\n1,甲,\n"),
    "labels in another order": (PLAIN, "name,id,when\n甲,1,\n"),
    "labels in another order, matched by name": ({**PLAIN, **V2, "fieldsMatch": "equal"}, "name,when,id\n甲,,x\n"),
    "a subset of labels": ({**PLAIN, **V2, "fieldsMatch": "superset"}, "id\nx\n"),
    "missing label": (PLAIN, "id,name\n1,甲\n2,乙,丙\n"),
    "missing label of the key": ({**PLAIN, "primaryKey": ["when"]}, "id,name\n1,甲\n"),
    "extra label": (PLAIN, "id,name,when,more\n1,甲,,x\n2,乙,\n"),
    "blank label": (PLAIN, "id,,when\n1,甲,\n"),
    "duplicate label": (PLAIN, "id,id,when\n1,甲,\n"),
    "only a header": (PLAIN, HEADER),
    "empty file": (PLAIN, ""),
    "only blank lines": (PLAIN, "\n\n"),
    "byte order mark": (PLAIN, "\ufeff" + GOOD),
    "CRLF": (PLAIN, GOOD.replace("\n", "\r\n") + "x,,\r\n"),
    "lone CR": (PLAIN, GOOD.replace("\n", "\r")),
    "no last line end": (PLAIN, GOOD.rstrip("\n")),
    "newlines in quotes": (PLAIN, HEADER + '1,"甲\n乙",2026-01-01\nx,"a\r\n\r\nb",\n'),
    "quotes in quotes": (PLAIN, HEADER + '1,"say ""no""",x\n'),
    "quote in the middle": (PLAIN, HEADER + '1,5" pipe,x\n'),
    "unterminated quote": (PLAIN, HEADER + '1,"甲,2026-01-01\n2,乙,x\n'),
    "semicolons are sniffed": (PLAIN, GOOD.replace(",", ";")),
    "declared semicolons": (resource(dialect={"delimiter": ";"}), GOOD.replace(",", ";") + "x;甲;\n"),
    "declared semicolons in the new way": (resource(dialect={"csv": {"delimiter": ";"}}), "id;name;when\n1;a,b;x\n"),
    "no header": (resource(dialect={"header": False}), "1,甲,2026-01-01\nx,乙,\n"),
    "header in the third row": (resource(dialect={"headerRows": [3]}), "title\n\n" + HEADER + "x,甲,\n"),
    "a title above is skipped": (PLAIN, "a title\n" + GOOD * 1 + "x,甲,\n"),
    "comments": (resource(dialect={"commentChar": "#"}), HEADER + "#1,甲\nx,乙,\n"),
    "blank rows skipped": (resource(dialect={"skipBlankRows": True}), HEADER + "\nx,乙,\n"),
    "labels in any case": (resource(dialect={"headerCase": False}), "ID,Name,WHEN\nx,乙,\n"),
    "primary key": (TYPED, "id,x\n1,1\n2,2\n1,3\n01,4\n,5\n,6\n"),
    "composite key": (fields("a", "b:integer", primaryKey=["a", "b"]), "a,b\nx,1\nx,2\nx,1\n,\nx,\nx,\n"),
    "unique": (constrained("number", unique=True), "id,x\na,1\nb,1.0\nc,\nd,\ne,z\nf,z\n"),
    "unique key": ({**constrained("string", unique=True), "primaryKey": ["x"]}, "id,x\na,1\nb,1\n"),
    "required": (constrained("string", required=True), "id,x\na,\nb,x\nc\n"),
    "enum": (constrained("string", enum=["甲", "乙"]), "id,x\na,甲\nb,丙\nc,\n"),
    "enum of numbers": (constrained("number", enum=["1", "2.0"]), "id,x\na,1.0\nb,2\nc,3\n"),
    "pattern": (constrained("string", pattern=r"LN-\d{3}|x"), "id,x\na,LN-001\nb,LN-1\nc,xyz\nd,LN-００１\n"),
    "minimum and maximum": (constrained("integer", minimum=2, maximum=4), "id,x\na,1\nb,2\nc,5\nd,x\n"),
    "bounds of decimals": (constrained("number", minimum="0.10", maximum=125.8), "id,x\na,0.1\nb,.09\nc,125.80\nd,NaN\n"),
    "bounds of dates": (constrained("date", minimum="2020-01-01"), "id,x\na,2019-12-31\nb,2020-01-01\n"),
    "exclusive bounds": ({**constrained("number", exclusiveMinimum=0), **V2}, "id,x\na,0\nb,0.001\n"),
    "exclusive bounds of the old standard": (constrained("number", exclusiveMinimum=0), "id,x\na,0\n"),
    "lengths": (constrained("string", minLength=2, maxLength=3), "id,x\na,甲\nb,甲乙\nc,abcd\n"),
    "dates with a format": (fields("id", {"name": "d", "type": "date", "format": "%Y/%m/%d"}), "id,d\na,2026/1/7\nb,2026-01-07\n"),
    "dates of any format": (fields("id", {"name": "d", "type": "date", "format": "any"}), "id,d\na,7 Jan 2026\nb,x\n"),
    "datetimes, times, months": (fields("a:datetime", "b:time", "c:yearmonth", "d:year"), "a,b,c,d\n2026-01-01T00:00:00Z,25:00:00,2026-13,26\n"),
    "points and arrays": (fields("a:geopoint", "b:array", "c:object"), 'a,b,c\n"1,2",[1],{}\n"200,1",x,[]\n'),
    "emails and uris": (fields({"name": "a", "format": "email"}, {"name": "b", "format": "uri"}), "a,b\nx@y.cn,https://x\nx,y\n"),
    "decimals with commas": (fields("id", {"name": "n", "type": "number", "decimalChar": ",", "groupChar": "."}), 'id,n\na,"1.234,5"\nb,1.5\nc,x\n'),
    "numbers with units": (fields("id", {"name": "n", "type": "number", "bareNumber": False}), "id,n\na,12平\nb,平\n"),
    "missing values": ({**TYPED, "missingValues": ["", "-", "无"]}, "id,x\n-,无\n1,-\n2,—\n"),
    "true and false": (fields("id", {"name": "b", "type": "boolean", "trueValues": ["是"], "falseValues": ["否"]}), "id,b\na,是\nb,否\nc,true\n"),
    "declared encoding": (resource(encoding="gb18030"), (GOOD + "x,沈阳,\n").encode("gb18030")),
    "declared encoding is wrong": (resource(encoding="utf-8"), (GOOD + "x,沈阳,\n").encode("gb18030")),
    "promised counts": (resource(bytes=3, hash="sha256:" + "0" * 64, rows=7), GOOD),
    "promised counts of another digest": (resource(hash="sha1:" + "0" * 40), GOOD),
    "NUL in a cell": (PLAIN, HEADER + "1,a\0b,x\n"),
    "an unknown type": (fields("id:klingon"), "id\n1\n"),
    "an unknown constraint": (constrained("integer", pattern="x"), "id,x\n1,1\n"),
    "a resource without a name": ({"path": "x.csv", "schema": PLAIN}, GOOD),
    "a self reference": (fields("id", "parent", foreignKeys=[{"fields": ["parent"], "reference": {"resource": "", "fields": ["id"]}}]), "id,parent\na,\nb,a\nc,z\n"),
}  # fmt: skip


def judged(tmp_path, descriptor, content, *, resource=None, name="data.csv"):
    """(our findings, frictionless's), ours by an absolute path from another folder."""
    folder = tmp_path / "folder"
    beside = written(folder / name, content)
    result = conform_file(written(tmp_path / "incoming" / name, content), descriptor, resource=resource, folder=folder)
    mark = content.startswith("\ufeff") if isinstance(content, str) else content.startswith(b"\xef\xbb\xbf")
    try:
        with system.use_context(trusted=True):
            expected = reference(beside, descriptor, "utf-8-sig" if mark else "utf-8", resource)
    finally:
        system.trusted = False
    return result, expected


@pytest.mark.parametrize("case", CASES)
def test_verdicts_are_those_of_frictionless(tmp_path, case):
    descriptor, content = CASES[case]
    result, expected = judged(tmp_path, descriptor, content)
    assert found_places(result.findings) == expected


# frictionless leaves the file open when it does not know the encoding
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_unknown_encoding_is_a_finding(tmp_path):
    result, expected = judged(tmp_path, resource(encoding="klingon"), GOOD)
    assert found_places(result.findings) == expected == {(None, None, "encoding-error"): 1}


WORDS = [
    "",
    "1",
    "01",
    "-",
    "x",
    "甲",
    "2026-01-01",
    "2026-1-7",
    "1.0",
    "true",
    "a,b",
    'q"q',
    "a\nb",
    " 1",
    "１",
    "NaN",
    "LN-1",
    ";",
]
TYPES = ["string", "integer", "number", "date", "boolean", "year", "any"]
BOUNDED = {"integer": ["0", 1], "number": ["0.5", 1], "date": ["2026-01-01"], "year": [2000]}


@st.composite
def plain_cases(draw):
    """A schema with constraints, keys and missing values, and a CSV that is ragged, blank, mislabelled or torn now and then."""
    described = []
    for place in range(draw(st.integers(1, 4))):
        type_ = draw(st.sampled_from(TYPES))
        constraints = draw(st.fixed_dictionaries({}, optional={"required": st.just(True), "unique": st.just(True)}))
        if type_ == "string":
            some = {
                "enum": st.just(WORDS[3:9]),
                "pattern": st.sampled_from([r"\w+", "a|1", "[^x]*"]),
                "maxLength": st.just(2),
            }
            constraints |= draw(st.fixed_dictionaries({}, optional=some))
        elif type_ in BOUNDED:
            bound = st.sampled_from(BOUNDED[type_])
            constraints |= draw(st.fixed_dictionaries({}, optional={"minimum": bound, "maximum": bound}))
        described.append({"name": f"f{place}", "type": type_, "constraints": constraints})
    schema = {"fields": described, **draw(st.fixed_dictionaries({}, optional={"missingValues": st.just(["", "-"])}))}
    names = [field["name"] for field in described]
    if draw(st.booleans()):
        schema["primaryKey"] = draw(st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True))
    if draw(st.booleans()):
        schema["foreignKeys"] = [{"fields": [names[-1]], "reference": {"resource": "", "fields": [names[0]]}}]
    labels = draw(
        st.sampled_from(
            [names, names, names, names[:-1] or ["z"], [*names, "more"], [*names[:-1], names[0]], names[::-1]]
        )
    )
    return schema, draw(csv_files(labels, len(names)))


@st.composite
def csv_files(draw, labels, width):
    random_ = draw(st.randoms(use_true_random=False))
    rows = []
    for _ in range(draw(st.integers(0, 25))):
        row = [random_.choice(WORDS) for _ in range(width)]
        rows.append(random_.choice([row] * 8 + [row[:-1], [*row, "more"], [""] * width, []]))
    end = draw(st.sampled_from(["\n", "\n", "\r\n", "\r"]))
    text = csv_text([labels, *rows], lineterminator=end, delimiter=draw(st.sampled_from(",,,;")))
    if draw(st.integers(0, 5)) == 0:
        at = random_.randrange(len(text))
        text = text[:at] + random_.choice(['"', '""', "\r", ",", "\n"]) + text[at:]
    return draw(st.sampled_from(["", "", "\ufeff"])) + text


@settings(
    max_examples=75, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(case=plain_cases())
def test_verdicts_on_generated_files_are_those_of_frictionless(tmp_path, case):
    result, expected = judged(tmp_path, *case)
    assert found_places(result.findings) == expected


@pytest.mark.parametrize("held", [1, 150, 1 << 20])
def test_ragged_records_are_judged_alike_however_many_are_checked_at_once(tmp_path, monkeypatch, held):
    monkeypatch.setattr("quality.conformance.reader.RAGGED_BYTES", held)
    monkeypatch.setattr("quality.conformance.blocks.BLOCK", 16)
    rows = "1\nx,y,z\n2,2\n\n1,3,\n,,\n3\n2,?\n9,1\n1\n"
    result, expected = judged(tmp_path, {**fields("id", "x:integer"), "primaryKey": ["id"]}, "id,x\n" + rows)
    assert found_places(result.findings) == expected
    assert [finding.row for finding in result.findings] == sorted(row for row, *_ in expected.elements())
    assert {"extra-cell", "missing-cell", "primary-key"} < {finding.type for finding in result.findings}


PACKAGE = {
    "name": "p",
    "resources": [
        {"name": "facilities", "path": "old.csv", "schema": fields("id", "site:integer", foreignKeys=[
            {"fields": ["site"], "reference": {"resource": "sites", "fields": ["id"]}}])},
        {"name": "sites", "path": "sites.csv", "schema": fields("id:integer", "name")},
    ],
}  # fmt: skip


def test_foreign_keys_are_looked_up_in_the_tables_beside_the_descriptor(tmp_path):
    written(tmp_path / "folder" / "sites.csv", "id,name\n1,甲\n02,乙\n")
    result, expected = judged(tmp_path, PACKAGE, "id,site\na,1\nb,2\nc,9\nd,\n")
    assert found_places(result.findings) == expected == {(4, None, "foreign-key"): 1}
    [found] = result.findings
    assert found.value == "9"
    assert "sites" in found.message.zh


def test_another_resource_of_the_package_can_be_named(tmp_path):
    result, expected = judged(tmp_path, PACKAGE, "id,name\nx,甲\n", resource="sites")
    assert found_places(result.findings) == expected == {(2, "id", "type-error"): 1}


def test_resources_that_this_file_does_not_need_are_not_looked_at(tmp_path):
    stranger = {"name": "far", "path": "https://example.org/far.csv"}
    package = {**PACKAGE, "resources": [PACKAGE["resources"][1], stranger]}
    folder = written(tmp_path / "sites.csv", "id,name\n1,甲\n").parent
    assert conform_file(folder / "sites.csv", package, resource=None, folder=folder).findings == []


LINED = 'id,"na\nme",when\n1,"甲\n\n乙",2026-01-01\n\nx,,\n2,乙,\ny,"a\nb",\nz,,\n'
LINES = {2: 3, 3: 6, 4: 7, 6: 9, 7: 11}


@pytest.mark.parametrize("content", [LINED, "\ufeff" + LINED, LINED.replace("\n", "\r\n"), LINED.replace("\n", "\r")])
@pytest.mark.parametrize("dialect", [{}, {"skipBlankRows": True}, {"headerCase": False}])
def test_a_finding_names_the_record_and_the_line_it_begins_on(tmp_path, content, dialect):
    schema = fields("id:integer", "na me", "when:date")
    path = written(tmp_path / "a.csv", content)
    found = conform_file(path, resource(schema, dialect=dialect), resource=None, folder=tmp_path).findings
    placed = {f.row: f.line for f in found if f.row}
    assert set(placed) >= {4, 6, 7}
    assert placed == {row: LINES[row] for row in placed}


def test_a_workbook_has_no_lines(tmp_path):
    workbook = openpyxl.Workbook()
    for row in (["id", "name", "when"], ["x", "甲", ""]):
        workbook.active.append(row)
    workbook.save(tmp_path / "a.xlsx")
    found = conform_file(tmp_path / "a.xlsx", PLAIN, resource=None, folder=tmp_path).findings
    assert [(f.row, f.line) for f in found if f.field == "id"] == [(2, None)]


def test_a_duplicate_names_its_own_line(tmp_path):
    path = written(tmp_path / "a.csv", 'id,x\n1,"1\n"\n1,1\n')
    found = conform_file(path, fields("id", "x", primaryKey=["id"]), resource=None, folder=tmp_path).findings
    assert [(f.row, f.line) for f in found] == [(3, 4)]


def test_what_was_read_is_reported(tmp_path):
    read = conform_file(written(tmp_path / "a.csv", "\ufeff" + GOOD), PLAIN, resource=None, folder=tmp_path)
    assert (read.findings, read.encoding, read.format, read.rows) == ([], "utf-8-sig", "csv", 2)
    tabs = conform_file(written(tmp_path / "a.tsv", GOOD.replace(",", "\t")), PLAIN, resource=None, folder=tmp_path)
    assert (tabs.findings, tabs.encoding, tabs.format, tabs.rows) == ([], "utf-8", "tsv", 2)


def test_a_file_that_is_not_there_is_a_finding(tmp_path):
    read = conform_file(tmp_path / "none.csv", PLAIN, resource=None, folder=tmp_path)
    assert [(f.row, f.type) for f in read.findings] == [(None, "scheme-error")]
    assert read.rows == 0


@pytest.mark.parametrize(
    "name", ["a:b.csv", "http:x.csv", "$HOME.csv", "100%x%.csv", "~x.csv", "*.csv", "中 文.csv", "a..csv", "-.CSV"]
)
def test_a_file_may_have_any_name(tmp_path, name):
    read = conform_file(written(tmp_path / name, GOOD + "x,,\n"), PLAIN, resource=None, folder=tmp_path)
    assert found_places(read.findings) == {(4, "id", "type-error"): 1}


def test_trust_in_paths_does_not_outlive_the_call(tmp_path):
    with pytest.raises(Exception, match="Data Package"):
        conform_file(tmp_path / "a.csv", {"nothing": 1}, resource=None, folder=tmp_path)
    assert system.trusted is False


def test_messages_speak_of_titles_units_and_examples(tmp_path):
    schema = fields({"name": "area", "title": "场地面积", "type": "number", "example": 120}, "id")
    path = written(tmp_path / "a.csv", "area,id\n1200平,a\n")
    [found] = conform_file(path, schema, resource=None, folder=tmp_path).findings
    assert (found.message.zh, found.mend.zh) == (
        "场地面积“1200平”不是数字",
        "请只填数字，不带单位、逗号或文字，例如 120",
    )
