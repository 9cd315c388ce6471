"""The withdrawal of an emptied dataset, killed with SIGKILL at one of its steps: `python -m support.killed_withdrawals HOME…`.

A step is an entry of the ledger or a rename of a file, before and after it. Each home is a copy; the first is killed at its first
step, the second at its second. Forked from one process that has all modules loaded. Not here: what must hold afterwards.
"""

import os
import signal
import sys
from pathlib import Path

from dagster_project.pandas_import import avoid_pandas_import
from pipelines.publication.emptied_datasets import withdraw_emptied
from support.contracts import contract_with
from support.killed import Steps
from support.walked import publish_all
from support.workspaces import NOW, workspace_with
from warehouse.ledger.ledger import Ledger

CONTRACT = contract_with(["id:integer", "name"])


def withdraw(home: Path, at: int) -> None:
    """Withdraws and publishes, killed at that step."""
    steps = Steps(at)
    for owner, name in ((Ledger, "append_once"), (os, "rename"), (os, "replace")):
        steps.watch(owner, name)
    workspace = workspace_with(home, CONTRACT)
    withdraw_emptied(workspace, NOW)
    publish_all(workspace)


def main() -> None:
    """One child a home; writes the homes whose child was killed."""
    avoid_pandas_import()
    for at, home in enumerate(sys.argv[1:], start=1):
        child = os.fork()
        if child == 0:
            withdraw(Path(home), at)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
            sys.stdout.write(f"{home}\n")


if __name__ == "__main__":
    main()
