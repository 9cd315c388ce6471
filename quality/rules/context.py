"""What a judge of rows must know besides the rows: the slice, who hands it in, code lists, and what it may refer to.

Not here: how any of it is read; the walk brings it along.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from schemas.codelists import CodeList
from schemas.departments import Department
from schemas.slices import SliceKey


@dataclass(frozen=True)
class RuleContext:
    """The surroundings of one submission.

    `datasets[name]` holds the accepted current rows of a dataset that a rule refers to, all fields, typed; a name that is not
    there has no accepted rows yet, so that every reference to it is a finding.
    """

    slice: SliceKey
    department: Department
    codelists: Mapping[str, CodeList] = field(default_factory=dict)
    datasets: Mapping[str, pa.Table] = field(default_factory=dict)
