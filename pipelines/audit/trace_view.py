"""A trace as sections of labelled lines, in both languages: the same for the terminal and for the page.

Here: what is said, from `pages/trace.yaml`. Not here: what is on record (`tracing.py`), the page (`trace_page.py`).
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from catalog.pages import read_texts
from catalog.pages.formats import ZONE
from pipelines.audit.tracing import Source, Trace
from pipelines.venues.row_venues import RowVenue
from pipelines.workspace import Workspace
from schemas.people import ROLE_NAMES, People
from schemas.text import Text
from warehouse.ledger.ledger import LedgerEntry

FOLDER = Path(__file__).parents[1] / "pages"
NONE = "—"


class TraceLine(NamedTuple):
    """One fact: what it is, its value, the page signal if something is wrong (`mend`) or to be seen (`look`), and a receipt to open."""

    label: Text
    value: Text
    signal: str = ""
    receipt: str = ""


class TraceSection(NamedTuple):
    """Facts under one heading."""

    heading: Text
    lines: tuple[TraceLine, ...]


def build_sections(workspace: Workspace, trace: Trace) -> list[TraceSection]:
    """Returns the whole trace: what was asked, faults, release, sources, approvals, publications, later decisions."""
    people = workspace.people
    sections = [("asked", list(_describe_target(trace)))]
    if trace.faults:
        label = _say("label.fault")
        sections.append(("faults", [TraceLine(label, fault, "mend") for fault in trace.faults]))
    if trace.release is not None:
        sections.append(("release", list(_describe_release(trace))))
    sections.append(("source", list(_describe_sources(workspace, trace, people))))
    if trace.release is not None:
        sections.append(("approvals", list(_describe_approvals(trace))))
        sections.append(("publications", [_describe_event(one, people) for one in trace.publications] or [_none()]))
    sections.append(("events", [_describe_event(one, people) for one in trace.events] or [_none()]))
    return [TraceSection(_say(f"section.{name}"), tuple(lines)) for name, lines in sections]


def _describe_target(trace: Trace) -> Iterator[TraceLine]:
    target = trace.target
    yield TraceLine(_say("label.kind"), _say(f"kind.{target.kind}"))
    if trace.contract:
        title, name = trace.contract.title, trace.contract.name
        yield TraceLine(_say("label.dataset"), Text(zh=f"{title.zh}（{name}）", en=f"{title.en} ({name})"))
    if target.key:
        yield _fact("label.key", ", ".join(f"{name}={value}" for name, value in target.key.items()))
    if trace.venue is not None:
        yield TraceLine(_say("label.venue"), _describe_venue(trace.venue))
    if target.file:
        yield _fact("label.file", target.file)
    if target.sha256:
        yield _fact("label.sha256", target.sha256)
    if target.also:
        yield TraceLine(_say("label.also"), Text(zh="、".join(target.also), en=", ".join(target.also)))


def _describe_venue(venue: RowVenue) -> Text:
    """Returns the id of the venue that a row names and, if the row's own record had another id, the decisions that joined the two."""
    if venue.id == venue.first_id:
        return _same(venue.id)
    entries = ", ".join(str(one.seq) for one in venue.decisions)
    return _say("venue.joined", venue=venue.id, first=venue.first_id, seq=entries)


def _describe_release(trace: Trace) -> Iterator[TraceLine]:
    release, provenance_facts = trace.release, trace.provenance
    if release is None:
        return
    yield _fact("label.number", release.number)
    yield _fact("label.created", _moment(release.created))
    yield _fact("label.rows", f"{release.rows:,}")
    yield _fact("label.content_hash", release.content_hash)
    yield _fact("label.contract", _join_version(release.contract_version, provenance_facts.get("contract_hash")))
    yield _fact("label.code", provenance_facts.get("code_version") or NONE)
    yield _fact("label.lake", release.lake_version)
    yield _fact("label.entry", trace.recorded.seq if trace.recorded else NONE)
    yield _fact("label.head", release.ledger_head or NONE)


def _describe_sources(workspace: Workspace, trace: Trace, people: People) -> Iterator[TraceLine]:
    if len(trace.sources) == 1:
        yield from _describe_source(workspace, trace.sources[0], people)
        return
    for source in trace.sources:
        slice_, receipt = source.submission.slice, source.receipt
        name = _department_name(workspace, slice_.department if slice_ else "")
        period = slice_.period if slice_ else ""
        sentence = _say(
            "source.line", number=receipt.number, rows=source.rows or 0, day=_day(receipt.received_at.date())
        )
        sentence = _join(sentence, _say(f"outcome.{receipt.outcome}"), _say(f"original.{source.original}"))
        label = Text(zh=f"{name.zh} {period}", en=f"{name.en} {period}")
        yield TraceLine(label, sentence, _signal_original(source), receipt.number)


def _describe_source(workspace: Workspace, source: Source, people: People) -> Iterator[TraceLine]:
    submission, receipt = source.submission, source.receipt
    if submission.slice is not None:
        yield TraceLine(_say("label.department"), _department_name(workspace, submission.slice.department))
        yield _fact("label.period", submission.slice.period)
    yield TraceLine(_say("label.receipt"), _same(receipt.number), receipt=receipt.number)
    yield _fact("label.received", _moment(submission.received_at))
    if source.received is not None:
        yield TraceLine(_say("label.taken_by"), _name_person(source.received.who, people, source.received.seq))
    yield _fact("label.filename", submission.filename)
    yield _fact("label.original", submission.sha256)
    yield TraceLine(_say("label.kept"), _say(f"original.{source.original}"), _signal_original(source))
    yield TraceLine(_say("label.verdict"), _join(_say(f"outcome.{receipt.outcome}"), receipt.reason))
    entry = source.verdict.seq if source.verdict else NONE
    yield _fact("label.verdict_entry", entry)
    yield _fact("label.contract", _join_version(receipt.contract_version or NONE, receipt.contract_hash))
    yield _fact("label.code", receipt.code_version or NONE)
    if source.rows is not None:
        yield _fact("label.rows", f"{source.rows:,}")


def _describe_approvals(trace: Trace) -> list[TraceLine]:
    lines = []
    for entry in trace.approvals:
        facts = entry.facts
        name = _mark_synthetic(entry.who) if facts.get("synthetic") else _same(entry.who)
        about = _say("approval.line", day=_moment(entry.at), until=facts.get("until", NONE), seq=entry.seq)
        lines.append(TraceLine(ROLE_NAMES[facts["role"]], _join(name, about)))
    asked = bool(trace.contract and trace.contract.policy.approvals.roles)
    return lines or [TraceLine(_say("label.approval"), _say("approval.missing" if asked else "approval.unasked"))]


def _describe_event(entry: LedgerEntry, people: People) -> TraceLine:
    facts = entry.facts
    parts = [_same(_moment(entry.at)), _name_person(entry.who, people, entry.seq)]
    if entry.kind in {"publication", "retirement"}:
        parts.append(_say("event.catalogue", name=facts["catalogue"]))
    if facts.get("number"):
        parts.append(_same(facts["number"]))
    if facts.get("findings"):
        parts.append(_same("、".join(facts["findings"])))
    if reason := _read_reason(facts.get("reason")):
        parts.append(reason)
    calm = entry.kind in {"publication", "restoration", "reinstatement"}
    return TraceLine(_say(f"event.{entry.kind}"), _join(*parts), "" if calm else "look")


def _read_reason(reason: object) -> Text | None:
    if isinstance(reason, Mapping):
        return Text.model_validate(reason)
    return _same(reason) if isinstance(reason, str) and reason else None


def _name_person(name: str, people: People, seq: int) -> Text:
    """Returns the name as the ledger has it, whether it is a sample person, and the number of the entry."""
    known = next((person for person in people.people if person.name == name), None)
    named = _mark_synthetic(name) if known is not None and known.synthetic else _same(name)
    return _join(named, _say("event.entry", seq=seq))


def _mark_synthetic(name: str) -> Text:
    return Text(zh=f"{name}（示例人员，虚构）", en=f"{name} (sample person, invented)")


def _department_name(workspace: Workspace, code: str) -> Text:
    department = workspace.departments.get(code)
    return department.name if department else _same(code or NONE)


def _signal_original(source: Source) -> str:
    return "mend" if source.original in {"changed", "missing"} else ""


def _join_version(version: str, digest: str | None) -> str:
    return f"{version} · {digest}" if digest else version


def _join(*parts: Text) -> Text:
    return Text(zh="，".join(part.zh for part in parts), en=", ".join(part.en for part in parts))


def _fact(key: str, value: object) -> TraceLine:
    return TraceLine(_say(key), _same(value))


def _same(value: object) -> Text:
    return Text(zh=str(value), en=str(value))


def _none() -> TraceLine:
    return TraceLine(_say("label.record"), _say("none"))


def _moment(value: datetime) -> str:
    return f"{value.astimezone(ZONE):%Y-%m-%d %H:%M}"


def _day(value: date) -> str:
    return value.isoformat()


def _say(key: str, **values: Any) -> Text:  # noqa: ANN401 -- whatever a sentence has places for
    sentence = read_sentences()[f"trace.{key}"]
    return sentence.fill_placeholders(**values) if values else sentence


@cache
def read_sentences() -> dict[str, Text]:
    """Returns every sentence of a trace by its key."""
    return read_texts(FOLDER / "trace.yaml")
