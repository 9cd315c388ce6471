"""A release as it was made before rows said their department and period: the same rows without these columns.

Not here: releases as they are made today (`frozen.py`, `frozen_facility.py`).
"""

import hashlib
import json
from pathlib import Path

import pyarrow.parquet as pq

from schemas.label_columns import DEPARTMENT, DERIVED_FROM
from schemas.slice_columns import is_slice_column
from warehouse.canonical import canonical_digest, to_canonical_text
from warehouse.distributions import write_csv
from warehouse.releases.contents import write_json
from warehouse.releases.hashed_files import MeasuredFolder
from warehouse.releases.package import describe_sum
from warehouse.releases.releases import DESCRIPTOR, SUMS, verify_release


def drop_slice_columns(folder: Path) -> None:
    """Writes CSV, Parquet, descriptor and checksums of a release anew, as an older version of the platform would have."""
    for path in folder.iterdir():
        path.chmod(0o644)
    told = json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))
    schema = told["resources"][0]["schema"]
    schema["fields"] = [
        field
        for field in schema["fields"]
        if not is_slice_column(field) and field.get("sportlake", {}).get(DERIVED_FROM) != DEPARTMENT
    ]
    parquet = folder / f"{told['name']}.parquet"
    rows = pq.read_table(parquet).select([field["name"] for field in schema["fields"]])
    pq.write_table(rows, parquet)
    write_csv(to_canonical_text(rows, schema), parquet.with_suffix(".csv"))
    told["sportlake"]["release"]["content_hash"] = canonical_digest(rows, schema)
    for resource in told["resources"]:
        resource.update(describe_sum(MeasuredFolder(folder, {}).measure_file(resource["path"])))
    write_json(folder / DESCRIPTOR, told)
    files = sorted(path for path in folder.iterdir() if path.name != SUMS)
    sums = "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files)
    (folder / SUMS).write_text(sums, encoding="ascii")
    assert verify_release(folder) == []
