"""The quarantine box of a submission that was not taken: the untouched original, every finding, and why.

One folder a submission, `quarantine/<number>/`. Not here: deciding what is quarantined.
"""

import shutil
import tempfile
from pathlib import Path

from pipelines.house import House
from pipelines.judgement import Judged
from pipelines.submission import Submission, copy_original


def fill_box(house: House, submission: Submission, judged: Judged) -> Path:
    """Write the box, whole or not at all; an existing box is left as it is."""
    box = house.layout.quarantine(submission.number)
    if box.exists():
        return box
    box.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=box.parent, prefix=".filling-"))
    try:
        copy_original(house, submission, aside)
        lines = "".join(f"{finding.model_dump_json()}\n" for finding in judged.findings)
        (aside / "findings.jsonl").write_text(lines, encoding="utf-8")
        (aside / "verdict.json").write_text(judged.verdict.model_dump_json(indent=1), encoding="utf-8")
        aside.rename(box)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return box
