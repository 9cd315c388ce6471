"""What is published says of reviews without a record that they are not done, with the day of the release, in every file that speaks of them."""

import json
import re

import pytest

from catalog.ckan.payload import dataset_payload
from catalog.entry import build_entry
from catalog.release_facts import DESCRIPTOR, Distribution
from pipelines.sample.associations import make_associations
from pipelines.workspace import open_workspace
from support.walked import walk
from support.workspaces import put

REVIEWS = ("secrecy_review", "pia", "head_approval")
SPEAK = re.compile("保密审查|影响评估|负责人审核|[Ss]ecrecy|impact assessment|Approval by|head_approval")


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    workspace = open_workspace(tmp_path_factory.mktemp("home"), "tester")
    contract = workspace.contracts["association"]
    names = [field.name for field in contract.fields]
    rows = make_associations(workspace.departments["210100"], 1)
    lines = [",".join("" if row.get(name) is None else str(row[name]) for name in names) for row in rows]
    put(workspace, "210100", "association_2026.csv", "\n".join([",".join(names), *lines, ""]))
    [receipt] = walk(workspace).values()
    assert receipt.accepted == len(rows)
    return workspace


def release_of(workspace):
    [folder] = [path for path in (workspace.layout.releases / "association").iterdir() if path.name.startswith("2026")]
    return folder


def test_the_descriptor_of_the_release_says_so_with_its_day(walked):
    told = json.loads((release_of(walked) / DESCRIPTOR).read_text(encoding="utf-8"))
    for item in REVIEWS:
        said = told["sportlake"]["catalogue"][item]
        assert said == {"not_done": {"zh": "未办理", "en": "not done", "as_of": "2026-11-25"}}


def test_every_public_file_that_speaks_of_a_review_says_that_it_is_not_done(walked):
    spoke = set()
    for folder in (walked.layout.releases, walked.layout.catalogue):
        for path in folder.rglob("*"):
            if path.suffix not in {".json", ".jsonld", ".html", ".js", ".csv", ".txt"}:
                continue
            text = path.read_text(encoding="utf-8-sig")
            assert "记录随发布保存" not in text
            assert "kept with the release" not in text
            if SPEAK.search(text):
                spoke.add(path.name)
                assert "未办理" in text or "not done" in text, path
                assert "2026-11-25" in text or "2026年11月25日" in text or "25 November 2026" in text, path
    assert {DESCRIPTOR, "index.html"} <= spoke


def test_the_portal_is_told_the_same(walked):
    contract = walked.contracts["association"]
    entry = build_entry(contract, release_of(walked), walked.departments)
    file = entry.distributions[0]
    descriptor = Distribution(
        **file.model_dump() | {"name": DESCRIPTOR, "format": "json", "mediatype": "application/json"}
    )
    payload = dataset_payload(entry, "https://example.org", descriptor)
    for item in REVIEWS:
        assert payload[f"core_{item}"] == {
            "zh_Hans_CN": "未办理（截至2026年11月25日没有办理记录）",
            "en": "not done (there is no record of it as of 25 November 2026)",
            "applies": True,
        }
