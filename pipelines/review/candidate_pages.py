"""The page of a candidate: `candidates/<dataset>.html`, one file in both languages, for those who decide.

Written when somebody looks at a candidate and by each run for those that wait; a page whose candidate no longer waits is removed.
Not here: what it says of a candidate (`candidate_view.py`), its sentences and layout (`pipelines/pages`).
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment

from catalog.core_metadata import find_meaning
from catalog.entry import build_finding_lines
from catalog.pages import make_environment, read_texts, render_bilingual_page
from pipelines.relations.judged_relations import UnaskedRelation, ask_relations, make_relations_mark, mark_relations
from pipelines.release import assemble_candidate
from pipelines.review.approvals import Review, WaitingCandidate
from pipelines.review.assessments import newest_evidence
from pipelines.review.candidate_view import CandidateView, build_view
from pipelines.workspace import Workspace
from schemas.contract import Contract
from schemas.people import ROLE_NAMES
from schemas.text import Text
from warehouse.atomic_files import write_atomically
from warehouse.layout import require_safe_name

FOLDER = Path(__file__).parents[1] / "pages"


def write_candidate_page(workspace: Workspace, view: CandidateView) -> Path:
    """Writes the page of a candidate and returns where it is."""
    file = candidate_page_file(workspace, view.candidate.contract.name)
    decided = _list_decided(workspace, view.candidate.contract.name, view.review)
    broken = mark_relations(workspace, view.candidate.contract.name)
    write_atomically(file, render_candidate(view, decided, broken, synthetic=workspace.synthetic))
    return file


def write_waiting_pages(workspace: Workspace, waits: Sequence[WaitingCandidate], now: datetime) -> None:
    """Brings the pages of the candidates that wait up to date; one that says the same already is not made again.

    While the engine cannot ask the relations of a candidate, its page says only that: nobody should decide by outdated results.
    """
    wanted = {candidate_page_file(workspace, one.dataset) for one in waits}
    for file in set(workspace.layout.candidates.glob("*.html")) - wanted:
        file.unlink()
    for one in waits:
        file = candidate_page_file(workspace, one.dataset)
        relations = ask_relations(workspace, one.dataset)
        if relations.unasked:
            contract = workspace.contracts[one.dataset]
            write_atomically(file, render_unasked(contract, relations.unasked, synthetic=workspace.synthetic))
            continue
        decided = _list_decided(workspace, one.dataset, one.review)
        mark = _make_mark(one.content_hash, decided, make_relations_mark(relations.judged))
        if file.is_file() and mark in file.read_text(encoding="utf-8"):
            continue
        candidate = assemble_candidate(workspace, one.dataset, now.date())
        if candidate is not None:
            write_candidate_page(workspace, build_view(workspace, candidate, now))


def candidate_page_file(workspace: Workspace, dataset: str) -> Path:
    """Returns where the page of a dataset's candidate is or would be."""
    return workspace.layout.candidates / f"{require_safe_name(dataset)}.html"


def render_candidate(view: CandidateView, decided: Collection[int], broken: str, *, synthetic: bool) -> str:
    """Returns the page of a candidate. `decided`: numbers of the ledger entries that the page tells of; `broken`: the mark of the broken relations."""
    contract = view.candidate.contract
    return render_bilingual_page(
        _load_templates(),
        "candidate.html.j2",
        title=_compose_title(contract),
        synthetic=synthetic,
        view=view,
        contract=contract,
        fields=contract.public_fields(),
        quality=view.candidate.quality,
        findings=[
            (find_meaning(line), line) for line in build_finding_lines(contract, view.candidate.quality["findings"])
        ],
        role_names=ROLE_NAMES,
        mark=_make_mark(view.candidate.content_hash, decided, broken),
    )


def render_unasked(contract: Contract, unasked: Sequence[UnaskedRelation], *, synthetic: bool) -> str:
    """Returns the page of a candidate whose relations the engine could not ask: which, why, and what to do."""
    return render_bilingual_page(
        _load_templates(),
        "candidate_unasked.html.j2",
        title=_compose_title(contract),
        synthetic=synthetic,
        contract=contract,
        unasked=unasked,
    )


def _compose_title(contract: Contract) -> Text:
    title = _read_sentences()["candidate.title"]
    return Text(zh=f"{contract.title.zh} · {title.zh}", en=f"{contract.title.en}: {title.en}")


def _list_decided(workspace: Workspace, dataset: str, review: Review) -> set[int]:
    """Returns the entries that a page of a candidate tells of: decisions, and the newest assessment, waiver or revocation."""
    return {one.seq for one in (*review.approvals, *review.refusals)} | {newest_evidence(workspace, dataset)}


def _make_mark(content_hash: str, decided: Collection[int], broken: str) -> str:
    """Returns the mark by which a page states the content, decisions and broken relations that it was made from."""
    return f"{content_hash[:16]}-{'-'.join(map(str, sorted(decided)))}-{broken}."


@cache
def _read_sentences() -> dict[str, Text]:
    return read_texts(FOLDER / "candidate.yaml")


@cache
def _load_templates() -> Environment:
    return make_environment(FOLDER, texts=_read_sentences())
