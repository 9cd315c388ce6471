"""A writer of the lake to be killed: it replaces slices one state after another and says each state once it is acknowledged.

Not here: the killing, and what must hold after it. In a module of its own so that another process can import it.
"""

from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

import pyarrow as pa

from schemas.slices import SliceKey
from support.contracts import contract_with
from warehouse.lake.lake import Lake
from warehouse.layout import Layout

CONTRACT = contract_with(["id:integer", "state:integer"])
SLICES = [SliceKey(dataset="sample", department=d, period="2026") for d in ("210100", "210200")]
ROWS = 500


def write_for_ever(home: Path, state: int, acknowledge: Connection) -> None:
    """Replaces one slice with rows of one state, every third time both; never returns."""
    lake = Lake(Layout(home))
    lake.read_current(CONTRACT)
    acknowledge.send(state)
    while True:
        state += 1
        table = pa.table({"id": list(range(ROWS)), "state": [state] * ROWS})
        changed = SLICES if state % 3 == 0 else [SLICES[state % 2]]
        lake.replace_slices(CONTRACT, dict.fromkeys(changed, table), {"state": str(state)}, datetime.now(UTC))
        acknowledge.send(state)
