"""Other judges of the same faulty file, each in a throw-away environment that is made below the bench's temporary folder.

Here: what is installed for each, and the script that it runs, written as its manual would have it. None is a dependency of ours.
Not here: our own runs, and frictionless, whose verdicts are the measure (`bench_conformance.py`).
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
    sys.stdout.write("nothing found")
except pa.errors.SchemaErrors as found:
    sys.stdout.write(f"{len(found.failure_cases)} failures; no rows of another width, no foreign keys")
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
    """`requirement` is what is installed, `package` the one whose version is told, `script` takes file and descriptor."""

    name: str
    requirement: str
    package: str
    script: str


PEERS = (
    Peer("pandera on polars", "pandera[polars]", "pandera", _PANDERA),
    Peer("Great Expectations on pandas", "great-expectations", "great-expectations", _GREAT_EXPECTATIONS),
    Peer("datacontract-cli on DuckDB", "datacontract-cli[duckdb]", "datacontract-cli", _DATACONTRACT),
)


class NotInstalled(Exception):
    """The peer cannot be had here; the message says why."""


def installed(peer: Peer, folder: Path) -> tuple[Path, str]:
    """The interpreter of a new environment with the peer, and its version; NotInstalled if it does not install."""
    uv, home = str(Path(sys.executable).with_name("uv")), folder / peer.package
    python = home / "bin" / "python"
    asked = f"from importlib.metadata import version; print(version({peer.package!r}))"
    try:
        for command in (
            [uv, "venv", "--quiet", "--python", sys.executable, str(home)],
            [uv, "pip", "install", "--quiet", "--python", str(python), peer.requirement],
        ):
            subprocess.run(command, check=True, capture_output=True, text=True)
        version = subprocess.run([str(python), "-c", asked], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as wrong:
        said = (getattr(wrong, "stderr", None) or str(wrong)).strip().splitlines()
        raise NotInstalled(said[-1] if said else "no reason given") from wrong
    return python, version.stdout.strip()
