"""Other judges of the same faulty file, each in a throw-away environment that is made below the bench's temporary folder.

Here: what is installed for each, and the script that it runs, written as its manual would have it. A script takes the file and its
descriptor and writes the cells that it refuses as JSON, `[[row, field], ...]` with frictionless's numbers of rows, or a sentence if
the peer only counts. None is a dependency of ours. Not here: our own runs, and frictionless, whose verdicts are the measure
(`bench_conformance.py`).
"""

import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

_FIELDS = """
import json, logging, sys, warnings
from pathlib import Path
warnings.simplefilter("ignore"); logging.disable(logging.CRITICAL)
file, descriptor = map(Path, sys.argv[1:3])
fields = json.loads(descriptor.read_text())["resources"][0]["schema"]["fields"]
for f in fields: f.setdefault("constraints", {})
rules = {f["name"]: f["constraints"] for f in fields}
"""
_PANDERA = (
    _FIELDS
    + """
import pandera.polars as pa, polars as pl
KINDS = {"string": pl.String, "number": pl.Float64, "integer": pl.Int64, "boolean": pl.Boolean, "date": pl.Date}
def column(f):
    c, checks = f["constraints"], []
    if "pattern" in c: checks.append(pa.Check.str_matches("^(?:" + c["pattern"] + ")$"))
    if "enum" in c: checks.append(pa.Check.isin(c["enum"]))
    if "minLength" in c or "maxLength" in c: checks.append(pa.Check.str_length(c.get("minLength"), c.get("maxLength")))
    if f["type"] in ("number", "integer") and "minimum" in c: checks.append(pa.Check.ge(c["minimum"]))
    if f["type"] in ("number", "integer") and "maximum" in c: checks.append(pa.Check.le(c["maximum"]))
    return pa.Column(KINDS[f["type"]], checks, nullable=not c.get("required"), unique=bool(c.get("unique")), coerce=True)
frame = pl.read_csv(file, infer_schema_length=0, truncate_ragged_lines=True, null_values=[""])
try:
    pa.DataFrameSchema({f["name"]: column(f) for f in fields}).validate(frame, lazy=True)
    sys.stdout.write("[]")
except pa.errors.SchemaErrors as found:
    cases = found.failure_cases.filter(pl.col("index").is_not_null()).select(pl.col("index") + 2, "column")
    sys.stdout.write(json.dumps(cases.rows()))
"""
)
_DATAFRAMELY = (
    _FIELDS
    + """
import datetime
import dataframely as dy, polars as pl
def column(f):
    c, kind = f["constraints"], f["type"]
    same = {"nullable": not c.get("required")} | ({} if kind == "boolean" else {"unique": bool(c.get("unique"))})
    if "enum" in c: return dy.Enum(c["enum"], **same)
    if kind == "string":
        regex = "^(?:" + c["pattern"] + ")$" if "pattern" in c else None
        return dy.String(regex=regex, min_length=c.get("minLength"), max_length=c.get("maxLength"), **same)
    read = datetime.date.fromisoformat if kind == "date" else lambda limit: limit
    limits = {short: read(c[name]) for short, name in (("min", "minimum"), ("max", "maximum")) if name in c}
    return {"number": dy.Float64, "integer": dy.Int64, "date": dy.Date, "boolean": dy.Bool}[kind](**limits, **same)
def read(f):
    text = pl.col(f["name"])
    if f["type"] == "date": return text.str.to_date(strict=False)
    return text.replace_strict({"true": True, "false": False}, default=None, return_dtype=pl.Boolean)
Table = type("Table", (dy.Schema,), {"record": dy.Int64(), **{f["name"]: column(f) for f in fields}})
frame = pl.read_csv(file, infer_schema=False, truncate_ragged_lines=True, row_index_name="record", row_index_offset=2)
frame = frame.with_columns(read(f) for f in fields if f["type"] in ("date", "boolean"))
found = Table.filter(frame, cast=True)[1].details()
named = [name for name in found.columns if "|" in name]
cases = found.select("record", *named).unpivot(index="record").filter(pl.col("value") == "invalid")
sys.stdout.write(json.dumps([(row, name.split("|")[0]) for row, name, _ in cases.rows()]))
"""
)
_POINTBLANK = (
    _FIELDS
    + """
import pointblank as pb, polars as pl
def read(f):
    text, kind = pl.col(f["name"]), f["type"]
    if kind == "date": return text.str.to_date(strict=False)
    if kind == "boolean": return text.replace_strict({"true": True, "false": False}, default=None, return_dtype=pl.Boolean)
    return text.cast(pl.Int64 if kind == "integer" else pl.Float64, strict=False)
frame = pl.read_csv(file, infer_schema=False, truncate_ragged_lines=True)
frame = frame.with_columns(read(f) for f in fields if f["type"] in ("date", "boolean", "number", "integer"))
checks, steps = pb.Validate(frame), []
for f in fields:
    n, c, number = f["name"], f["constraints"], f["type"] in ("number", "integer")
    before = len(checks.validation_info)
    if c.get("required"): checks = checks.col_vals_not_null(n)
    if c.get("unique"): checks = checks.rows_distinct(n)
    if "pattern" in c: checks = checks.col_vals_regex(n, "^(?:" + c["pattern"] + ")$", na_pass=True)
    if "enum" in c: checks = checks.col_vals_in_set(n, c["enum"])
    if "minLength" in c or "maxLength" in c: checks = checks.col_vals_str_len(n, c.get("minLength"), c.get("maxLength"), na_pass=True)
    if number and "minimum" in c: checks = checks.col_vals_ge(n, c["minimum"], na_pass=True)
    if number and "maximum" in c: checks = checks.col_vals_le(n, c["maximum"], na_pass=True)
    steps += [n] * (len(checks.validation_info) - before)
found = checks.interrogate(extract_limit=len(frame)).get_data_extracts()
sys.stdout.write(json.dumps([(row + 1, steps[at - 1]) for at, part in found.items() if "_row_num_" in part.columns for row in part["_row_num_"]]))
"""
)
DUCKDB_REJECTS = (
    _FIELDS
    + """
import duckdb
KINDS = {"string": "VARCHAR", "number": "DOUBLE", "integer": "BIGINT", "boolean": "BOOLEAN", "date": "DATE"}
columns = {f["name"]: KINDS[f["type"]] for f in fields}
Q = chr(34)
how = f"auto_detect=false, header=true, delim=',', quote='{Q}', escape='{Q}', columns={columns}, store_rejects=true, rejects_limit=0"
duckdb.sql(f"SELECT count(COLUMNS(*)) FROM read_csv('{file}', {how})").fetchall()
sys.stdout.write(json.dumps(duckdb.sql("SELECT line, column_name FROM reject_errors").fetchall()))
"""
)
_GREAT_EXPECTATIONS = (
    _FIELDS
    + """
import great_expectations as gx, pandas as pd
from great_expectations import expectations as e
frame = pd.read_csv(file, dtype=str, on_bad_lines="skip", keep_default_na=False, na_values=[""])
for f in fields:
    if f["type"] in ("number", "integer"): frame[f["name"]] = pd.to_numeric(frame[f["name"]], errors="coerce")
context = gx.get_context(mode="ephemeral")
suite = gx.ExpectationSuite(name="bench")
for name, c in rules.items():
    if c.get("required"): suite.add_expectation(e.ExpectColumnValuesToNotBeNull(column=name))
    if c.get("unique"): suite.add_expectation(e.ExpectColumnValuesToBeUnique(column=name))
    if "pattern" in c: suite.add_expectation(e.ExpectColumnValuesToMatchRegex(column=name, regex="^(?:" + c["pattern"] + ")$"))
    if "enum" in c: suite.add_expectation(e.ExpectColumnValuesToBeInSet(column=name, value_set=c["enum"]))
    if "minLength" in c or "maxLength" in c:
        suite.add_expectation(e.ExpectColumnValueLengthsToBeBetween(column=name, min_value=c.get("minLength"), max_value=c.get("maxLength")))
    if ("minimum" in c or "maximum" in c) and name in frame.select_dtypes("number"):
        suite.add_expectation(e.ExpectColumnValuesToBeBetween(column=name, min_value=c.get("minimum"), max_value=c.get("maximum")))
batch = context.data_sources.add_pandas("p").add_dataframe_asset("a").add_batch_definition_whole_dataframe("b").get_batch({"dataframe": frame})
found = batch.validate(suite, result_format="COMPLETE")
count = sum(r.result.get("unexpected_count", 0) for r in found.results)
sys.stdout.write(f"{count} unexpected values; rows of another width were skipped, no foreign keys")
"""
)
_DATACONTRACT = (
    _FIELDS
    + """
import yaml
from datacontract.data_contract import DataContract
def prop(f):
    c = f["constraints"]
    said = {k: c[k] for k in ("pattern", "minLength", "maxLength", "minimum", "maximum") if k in c and f["type"] != "date"}
    made = {"name": f["name"], "logicalType": f["type"], "physicalType": "varchar", "required": bool(c.get("required")), "unique": bool(c.get("unique"))}
    made |= {"logicalTypeOptions": said} if said else {}
    listed = {"type": "library", "metric": "invalidValues", "mustBe": 0, "arguments": {"validValues": c.get("enum")}}
    return made | ({"quality": [listed]} if "enum" in c else {})
contract = {"apiVersion": "v3.1.0", "kind": "DataContract", "id": "b", "name": "b", "version": "1.0.0", "status": "active",
    "servers": [{"server": "local", "type": "local", "path": str(file), "format": "csv", "delimiter": ","}],
    "schema": [{"name": "facilities", "logicalType": "object", "physicalType": "table", "properties": [prop(f) for f in fields]}]}
found = DataContract(data_contract_str=yaml.safe_dump(contract, allow_unicode=True)).test()
failed = [c for c in found.checks if getattr(c.result, "value", c.result) != "passed"]
sys.stdout.write(f"{len(failed)} of {len(found.checks)} checks not passed ({failed[0].reason if failed else 'all passed'}); counts only")
"""
)


class Peer(NamedTuple):
    """`requirements` are installed, `package` is the one whose version is told, `script` takes file and descriptor."""

    name: str
    requirements: tuple[str, ...]
    package: str
    script: str
    slow: bool = False
    """Whether one run must do."""


PANDERA = Peer("pandera on polars", ("pandera[polars]", "numpy"), "pandera", _PANDERA)
"""Its environment also writes the reference workload, which needs polars and numpy."""
PEERS = (
    PANDERA,
    Peer("dataframely", ("dataframely",), "dataframely", _DATAFRAMELY),
    Peer("pointblank on polars", ("pointblank", "polars"), "pointblank", _POINTBLANK),
    Peer("Great Expectations on pandas", ("great-expectations",), "great-expectations", _GREAT_EXPECTATIONS, slow=True),
    Peer("datacontract-cli on DuckDB", ("datacontract-cli[duckdb]",), "datacontract-cli", _DATACONTRACT, slow=True),
)


class NotInstalled(Exception):
    """The peer cannot be had here; the message says why."""


def installed(peer: Peer, folder: Path) -> tuple[Path, str]:
    """The interpreter of a new environment with the peer, compiled as ours is, and the versions; NotInstalled if it does not install."""
    uv, home = str(Path(sys.executable).with_name("uv")), folder / peer.package
    python = home / "bin" / "python"
    listed = [peer.package, *(["polars"] if "polars" in peer.script else [])]
    asked = f"from importlib.metadata import version; print(', '.join(n + ' ' + version(n) for n in {listed!r}))"
    try:
        for command in (
            [uv, "venv", "--quiet", "--python", sys.executable, str(home)],
            [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(python), *peer.requirements],
        ):
            subprocess.run(command, check=True, capture_output=True, text=True)
        version = subprocess.run([str(python), "-c", asked], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as wrong:
        said = (getattr(wrong, "stderr", None) or str(wrong)).strip().splitlines()
        raise NotInstalled(said[-1] if said else "no reason given") from wrong
    return python, version.stdout.strip()
