"""An invented person's value, handed in as text, workbook and in another encoding, released twice and published, leaves every byte.

The search after it is the test's own: plain bytes in three encodings, every part of a package, every cell of Parquet and DuckDB.
"""

import json
import shutil
from dataclasses import replace

import duckdb
import pyarrow as pa
import pytest
from deltalake import DeltaTable

from catalog.static_site.static import StaticCatalogue
from dagster_project.batches import find_waiting
from pipelines import intake
from pipelines.audit.reproduction import reproduce_release
from pipelines.audit.trace_target import TraceTarget
from pipelines.audit.tracing import trace_origin
from pipelines.erasure import carry_out as carrying
from pipelines.erasure.carry_out import carry_out
from pipelines.erasure.found_places import find_places
from pipelines.erasure.requests import cancel_request, list_requests, request_erasure
from pipelines.erasure.sought_values import checked_values
from pipelines.publication.publish import find_drift
from pipelines.publication.rescan import rescan_datasets
from pipelines.release import assemble_candidate, is_released
from pipelines.submissions.decisions.rejudging import plan_rejudgement
from pipelines.submissions.inbox.deposit import deposit_file, find_target
from pipelines.submissions.inbox.inbox import list_arrivals
from pipelines.submissions.inbox.submission import read_submission
from pipelines.submissions.receipts.receipt_files import read_receipt
from schemas.errors import UsageError
from support.contracts import contract_with
from support.lived_in_homes import FILLER, LATER, NAME, csv_text, holders, lived_in
from support.walked import publish_all, release_all, take_all
from support.workspaces import put, workspace_with
from warehouse.layout import Layout
from warehouse.ledger.chain import find_heads
from warehouse.releases.releases import list_numbers, list_releases, verify_release
from warehouse.storage.checking import check_storage
from warehouse.storage.object_store import ObjectStore
from warehouse.storage.pushing import push_home
from warehouse.storage.storage import Storage


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    home = tmp_path_factory.mktemp("lived")
    lived_in(home)
    return home


@pytest.fixture
def workspace(template, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(template, home)
    contracts = [contract_with(["id", "note", "n:integer"], name=name) for name in ("sample", "other")]
    return workspace_with(home, *contracts)


def erase(workspace, request, sought):
    done = replace(workspace, actor="reviewer")
    return carry_out(done, request, sought, LATER, [lambda: publish_all(workspace, LATER)])


def leave_copy(workspace):
    """What a command leaves that was killed while it took a file."""
    left = workspace.layout.working / "left"
    left.mkdir(parents=True)
    (left / "bytes").write_text(csv_text([("a", NAME, 1)]), encoding="utf-8")
    return left


def test_the_value_leaves_every_byte_and_every_check_knows_of_it(workspace):
    home, sought = workspace.layout.home, checked_values([NAME])
    left = leave_copy(workspace)
    before = holders(home)
    for part in (
        "submissions/",
        "inbox/",
        "quarantine/",
        "receipts/",
        "lake/",
        "lake/_current/",
        "releases/",
        "catalogue/",
        "warehouse.duckdb",
        "ledger/",
    ):
        assert any(name.startswith(part) for name in before), part
    assert {name.rsplit(".", 1)[1] for name in before} >= {"csv", "xlsx", "parquet", "json", "html", "duckdb", "jsonl"}
    versions = {name: workspace.lake.current_version(c) for name, c in workspace.contracts.items()}
    hashes = {e.facts["number"]: e.facts["sha256"] for e in workspace.ledger.read_entries("submission")}
    request = request_erasure(workspace, sought, "辽体删〔2026〕1号", "本人申请", LATER)
    assert sum(erase(workspace, request, sought).values()) >= len(
        [name for name in before if not name.endswith("duckdb")]
    )
    assert holders(home) == []
    assert not left.exists()
    assert find_places(workspace.layout, sought) == []
    assert list_requests(workspace) == []
    assert not list(workspace.layout.erasures.iterdir())
    assert workspace.ledger.verify_chain() == []
    for name, contract in workspace.contracts.items():
        shelf = workspace.layout.releases / name
        assert [verify_release(shelf / number) for number in list_numbers(shelf)] == [[]] * len(list_numbers(shelf))
        assert is_released(workspace, assemble_candidate(workspace, name))
        for version in range(1, versions[name] + 1):
            assert workspace.lake.read_current(contract, version).num_rows
            assert DeltaTable(workspace.layout.lake_folder(name), version=version).to_pyarrow_table().num_rows
    assert {n: workspace.lake.current_version(c) for n, c in workspace.contracts.items()} == versions
    assert find_drift(workspace, StaticCatalogue(workspace.layout.catalogue, workspace.layout.releases)) == []
    assert rescan_datasets(workspace, LATER) == []
    assert take_all(workspace, LATER) == {}
    assert release_all(workspace, LATER) == {}
    for number, sha256 in hashes.items():
        assert read_submission(workspace, number).sha256 == sha256
        plan_rejudgement(workspace, number, LATER)
    marked = [e.facts for e in workspace.ledger.read_entries("redaction") if "number" in e.facts]
    assert all("辽体删〔2026〕1号" in read_receipt(workspace, one["number"]).notes[-1].zh for one in marked)
    assert len(marked) >= 4
    for page in ("index.html", "en/index.html"):
        told = (workspace.layout.catalogue / "dataset/sample" / page).read_text(encoding="utf-8")
        assert told.count("辽体删〔2026〕1号") == 2
    index = json.loads((workspace.layout.catalogue / "releases/sample/index.json").read_text(encoding="utf-8"))
    assert [one["erased"][0]["order"] for one in index["releases"]] == ["辽体删〔2026〕1号"] * 2


def test_the_analysts_file_has_the_fingerprints_that_releases_have_now(workspace):
    sought = checked_values([NAME])
    erase(workspace, request_erasure(workspace, sought, "1号", "申请", LATER), sought)
    with duckdb.connect(workspace.layout.warehouse, read_only=True) as connection:
        told = dict(connection.execute("select dataset || '/' || number, content_hash from meta.release").fetchall())
    made = [release for name in workspace.contracts for release in list_releases(workspace.layout, name)]
    assert told == {f"{one.dataset}/{one.number}": one.content_hash for one in made}


def test_the_erased_bytes_are_not_taken_again_and_a_corrected_file_is(workspace, tmp_path):
    sought = checked_values([NAME])
    content = csv_text([("a", NAME, 1), ("b", f"联系{NAME[:2]}\u200b{NAME[2:]}", "x"), *FILLER])
    erase(workspace, request_erasure(workspace, sought, "辽体删〔2026〕1号", "申请", LATER), sought)
    again = put(workspace, "210100", "sample_2026.csv", content)
    waiting = find_waiting(workspace)
    assert [(one.path.name, "辽体删〔2026〕1号" in why.zh) for one, why in waiting.unstorable] == [
        ("sample_2026.csv", True)
    ]
    assert waiting.arrivals == []
    file = tmp_path / "again.csv"
    file.write_text(content, encoding="utf-8")
    target = find_target(workspace, "sample", "210100", "2026", LATER.date())
    with pytest.raises(UsageError, match="辽体删"):
        deposit_file(workspace, file, target)
    again.unlink()
    with pytest.raises(UsageError, match="辽体删"):
        deposit_file(workspace, file, target)
    assert [path.name for path in (workspace.layout.inbox / "210100").iterdir() if path.is_file()] == []
    put(workspace, "210100", "sample_2026.csv", content.replace(NAME, ""))
    assert [one.path.name for one in find_waiting(workspace).arrivals] == ["sample_2026.csv"]


def test_what_the_value_did_not_touch_stays(workspace):
    sought = checked_values([NAME])
    contract = workspace.contracts["sample"]
    before = workspace.lake.read_current(contract).to_pylist()
    erase(workspace, request_erasure(workspace, sought, "1号", "申请", LATER), sought)
    after = workspace.lake.read_current(contract).to_pylist()
    expected = [{**row, "note": None if row["note"] == NAME else row["note"]} for row in before]
    assert after == expected
    assert before != after


def test_a_kill_between_any_two_steps_ends_in_the_same(workspace, template, tmp_path, monkeypatch):
    sought, real = checked_values([NAME]), carrying._list_steps
    ends, counts = [], []
    for cut in range(11):
        home = tmp_path / f"cut{cut}"
        shutil.copytree(template, home)
        one = workspace_with(home, *workspace.contracts.values())
        request = request_erasure(one, sought, "1号", "申请", LATER)

        def killed(*given, cut=cut):
            steps = real(*given)

            def die():
                raise KeyboardInterrupt

            return [*steps[:cut], die] if cut < len(steps) else [*steps, die]

        monkeypatch.setattr(carrying, "_list_steps", killed)
        with pytest.raises(KeyboardInterrupt):
            erase(one, request, sought)
        monkeypatch.setattr(carrying, "_list_steps", real)
        counts.append(erase(one, request, sought))
        assert holders(home) == []
        assert one.ledger.verify_chain() == []
        ends.append(
            (
                sorted(str(sorted(e.facts.items())) for e in one.ledger.read_entries("redaction")).__len__(),
                {name: pa.table(one.lake.read_current(c)).to_pylist() for name, c in one.contracts.items()},
                {p.relative_to(home).as_posix(): p.read_bytes() for p in sorted((home / "releases").rglob("*.csv"))},
            )
        )
    assert all(end == ends[0] for end in ends)
    assert all(count == counts[0] for count in counts)
    assert {"lake", "releases", "submissions"} <= set(counts[0])


def take_with_value(workspace, monkeypatch, step, instead):
    """The receipt of a file with the value, taken with `instead` in place of a step of intake, whose rows land without the value."""
    rows = [("p", NAME, 1), *((f"p{n}", f"馆{n}", 7 * n) for n in range(30))]
    put(workspace, "210200", "sample_2025.csv", csv_text(rows))
    with monkeypatch.context() as patch:
        patch.setattr(intake, step, instead)
        (arrival,) = list_arrivals(workspace)
        receipt = intake.take_arrival(workspace, arrival, LATER)
    landed = workspace.lake.read_slice(workspace.contracts["sample"], read_submission(workspace, receipt.number).slice)
    assert landed.num_rows == 31
    assert holders(workspace.layout.home) == []
    return receipt


def test_rows_judged_before_an_erasure_and_landed_after_it_do_not_bring_the_value_back(workspace, monkeypatch):
    """As on another host, which waits for the lock of the dataset with its rows at hand."""
    sought, land = checked_values([NAME]), intake.land_rows

    def erase_before(*given):
        erase(workspace, request_erasure(workspace, sought, "1号", "申请", LATER), sought)
        return land(*given)

    take_with_value(workspace, monkeypatch, "land_rows", erase_before)


def test_what_was_judged_during_an_erasure_is_judged_again_without_the_value(workspace, monkeypatch):
    """As on another host, which has read the original and writes its receipt when the erasure is done."""
    sought, judge, judgements = checked_values([NAME]), intake.judge_original, []

    def erase_after(*given, **named):
        judged = judge(*given, **named)
        if not judgements:
            erase(workspace, request_erasure(workspace, sought, "1号", "申请", LATER), sought)
        judgements.append(judged)
        return judged

    receipt = take_with_value(workspace, monkeypatch, "judge_original", erase_after)
    assert len(judgements) == 2
    assert [note.en.split(" under ")[0] for note in receipt.notes] == [
        f"on {LATER:%Y-%m-%d} something was erased from it"
    ]


def test_what_the_ledger_was_told_after_the_decision_is_masked_too(workspace, monkeypatch):
    sought, real = checked_values([NAME]), carrying._list_steps
    request = request_erasure(workspace, sought, "1号", "申请", LATER)

    def die():
        raise KeyboardInterrupt

    monkeypatch.setattr(carrying, "_list_steps", lambda *_: [die])
    with pytest.raises(KeyboardInterrupt):
        erase(workspace, request, sought)
    monkeypatch.setattr(carrying, "_list_steps", real)
    facts = {"dataset": "sample", "decision": 1, "reason": f"{NAME}来电"}
    said = workspace.ledger.append_entry("revocation", now=LATER, actor="reviewer", reason="x", facts=facts)
    erase(workspace, request, sought)
    assert holders(workspace.layout.home) == []
    assert workspace.ledger.read_entry(said.seq).facts["reason"] == f"{'*' * 12}来电"
    assert workspace.ledger.verify_chain() == []


def test_it_takes_two_people_and_the_same_value(workspace):
    sought = checked_values([NAME])
    request = request_erasure(workspace, sought, "1号", "申请", LATER)
    for actor, values in (("tester", sought), ("clerk", sought), ("reviewer", checked_values(["马小芳乙"]))):
        with pytest.raises(UsageError):
            carry_out(replace(workspace, actor=actor), request, values, LATER)
    assert workspace.ledger.read_entries("erasure") == []
    assert holders(workspace.layout.home)
    cancel_request(workspace, request.number, "误申请", LATER)
    assert list_requests(workspace) == []
    assert NAME not in str([entry.facts for entry in workspace.ledger.read_entries("erasure_request")])


def test_a_file_that_waits_in_the_inbox_comes_first(workspace):
    sought = checked_values([NAME])
    put(workspace, "210100", "sample_2027.csv", csv_text([("a", NAME, 1)]))
    with pytest.raises(UsageError, match="1 files that wait"):
        erase(workspace, request_erasure(workspace, sought, "1号", "申请", LATER), sought)
    assert workspace.ledger.read_entries("erasure") == []


def test_heads_noted_before_still_hold_and_origins_can_be_traced(workspace):
    sought, head = checked_values([NAME]), workspace.ledger.read_head()
    noted = [release.ledger_head for release in list_releases(workspace.layout, "sample") if release.ledger_head]
    erase(workspace, request_erasure(workspace, sought, "辽体删〔2026〕1号", "申请", LATER), sought)
    heads = [head, *(one for text in noted for one in find_heads(text))]
    assert len(heads) > 1
    assert workspace.ledger.find_missing_heads(heads) == []
    for release in list_releases(workspace.layout, "sample"):
        traced = trace_origin(workspace, TraceTarget("release", release))
        assert traced.faults == ()
        assert "erased" in {source.original for source in traced.sources}
        made = reproduce_release(workspace, release)
        assert not made.same
        assert any("辽体删〔2026〕1号" in cause.zh for cause in made.causes)


def test_the_value_leaves_the_bucket_and_the_homes_that_follow_it(workspace, tmp_path, s3_server):
    bucket = s3_server.make_bucket()
    mine, other = (with_bucket(home, workspace, bucket) for home in (workspace.layout.home, tmp_path / "other"))
    push_home(mine.storage, mine.ledger)
    other.follow_storage()
    leave_copy(other)
    assert holders(dump(mine.storage.store, tmp_path / "before"))
    assert {path.split("/")[0] for path in holders(tmp_path / "other")} >= {
        "lake",
        "ledger",
        "releases",
        "submissions",
    }
    request = request_erasure(mine, checked_values([NAME]), "辽体删〔2026〕1号", "本人申请", LATER)
    erase(mine, request, checked_values([NAME]))
    assert holders(dump(mine.storage.store, tmp_path / "after")) == []
    found = check_storage(mine.storage)
    assert (found.is_whole, found.unnamed) == (True, ())
    other.follow_storage()
    assert holders(tmp_path / "other") == []
    assert other.ledger.verify_chain() == []
    assert check_storage(other.storage).is_whole
    fresh = with_bucket(tmp_path / "fresh", workspace, bucket)
    fresh.follow_storage()
    for name, contract in workspace.contracts.items():
        for version in range(1, mine.lake.current_version(contract) + 1):
            rows = mine.lake.read_current(contract, version)
            assert other.lake.read_current(contract, version) == rows
            assert fresh.lake.read_current(contract, version) == rows
        shelf = fresh.layout.releases / name
        assert [verify_release(shelf / number) for number in list_numbers(shelf)] == [[]] * len(list_numbers(shelf))


def with_bucket(home, workspace, bucket):
    layout = Layout(home)
    return replace(workspace, layout=layout, storage=Storage(layout, ObjectStore(bucket)))


def dump(store, folder):
    """Every object of a bucket as a file below the folder, under its key."""
    for one in store.list_objects():
        path = folder / one.key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(store.read_object(one.key))
    return folder
