"""Plans: values that a command passes to all workers of an engine, and the errors if a worker is not set up like the command.

A plan can be opened only by the same version of the code that packed it, because other code could judge differently. Not here: the
engines (`engine.py`), the content of plans.
"""

import pickle
from functools import lru_cache
from typing import Any, Generic, NamedTuple, TypeVar

from schemas.errors import EngineError
from schemas.execution.code_version import read_code_version
from schemas.text import Text

Plan = TypeVar("Plan")


class WorkerPlan(NamedTuple, Generic[Plan]):
    """A value for all units of a work, pickled by the code of that version (`read_code_version`)."""

    pickled: bytes
    code_version: str


def pack_plan(value: Plan) -> WorkerPlan[Plan]:
    """Returns the plan that gives workers this value, which must not be changed afterwards."""
    return WorkerPlan(pickle.dumps(value), read_code_version())


def open_plan(plan: WorkerPlan[Plan]) -> Plan:
    """Returns the value of a plan; the newest ones are cached. EngineError if this worker has other code than the command."""
    found: Plan = _unpickle(plan)
    return found


def require_code_version(wanted: str) -> None:
    """Raises EngineError if this worker's code is not the version `wanted`, which the command has."""
    if read_code_version() != wanted:
        raise EngineError(
            Text(
                zh=f"工作节点的程序（{read_code_version()}）与发起方（{wanted}）不同；请在各节点安装同一版本",
                en=f"a worker has other code ({read_code_version()}) than the command ({wanted}); install the same on all machines",
            )
        )


def make_unreachable_error(place: str, wrong: Exception) -> EngineError:
    """Returns the error that a worker cannot read or write a file or folder of the command's."""
    return EngineError(
        Text(
            zh=f"不能读写 {place}（{wrong}）；大文件、大数据集分段处理时，各节点须在同一路径、以同一用户读写平台的文件夹",
            en=f"a worker cannot read or write {place} ({wrong}): for large files and datasets every machine must do so at the same path, as the same user",
        )
    )


@lru_cache(maxsize=8)
def _unpickle(plan: WorkerPlan[Any]) -> Any:  # noqa: ANN401 - the caller knows what it packed
    require_code_version(plan.code_version)
    return pickle.loads(plan.pickled)  # noqa: S301 - from the command that started the work, of the same code
