"""A hundredth of the sample, of which the files of a dataset are judged when they are asked for: `JudgedSample(home)`.

Not here: what is expected of them (`tests/integration/test_sample_plans.py`), releases of them (`tests/integration/test_search_queries.py`).
"""

from pathlib import Path

from pipelines.intake import take_arrival
from pipelines.sample.fill import fill_inbox
from pipelines.sample.plans import read_plans
from pipelines.submissions.inbox.inbox import list_arrivals
from pipelines.submissions.receipts.receipt import Receipt
from support.workspaces import NOW, open_part


class JudgedSample:
    """The sample; the files of a dataset are judged after those that they refer to."""

    def __init__(self, home: Path) -> None:
        self.workspace = workspace = open_part(home)
        fill_inbox(workspace.layout.inbox, workspace.contracts, workspace.codelists, workspace.departments, share=0.01)
        self._plans, self._arrivals = read_plans(), list_arrivals(workspace)
        self._receipts: dict[str, list[Receipt]] = {}

    def judge(self, dataset: str) -> list[Receipt]:
        """The receipts of all files of a dataset."""
        if dataset not in self._receipts:
            drawn_from = self._plans[dataset].list_sources() if dataset in self._plans else ()
            for source in self.workspace.contracts[dataset].references.union(drawn_from):
                self.judge(source)
            files = [one for one in self._arrivals if one.slice and one.slice.dataset == dataset]
            self._receipts[dataset] = [take_arrival(self.workspace, one, NOW) for one in files]
        return self._receipts[dataset]
