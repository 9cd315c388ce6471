"""Heads noted elsewhere: given, in files, in releases; and a ledger whose tail was cut off is found by them."""

import pytest

from pipelines.audit.ledger_heads import check_heads, list_release_heads, list_unrecorded_releases, read_given_heads
from schemas.errors import UsageError
from support.contracts import contract_with
from support.walked import release_all, take_all
from support.workspaces import put, workspace_with
from warehouse.ledger.chain import find_heads

DIGEST = "ab" * 32


def test_a_head_is_given_in_words_or_in_a_file(tmp_path):
    note = tmp_path / "note.txt"
    note.write_text(f"5:{DIGEST[:16]}\n6:{DIGEST}\n", encoding="utf-8")
    heads = [noted.head for noted in read_given_heads([f"12:{DIGEST}", str(note)])]
    assert [(head.seq, len(head.hash)) for head in heads] == [(12, 64), (5, 16), (6, 64)]
    assert "note.txt" in read_given_heads([str(note)])[0].where.en


@pytest.mark.parametrize("given", ["", "12", "12:abc", f"1:{DIGEST} 2:{DIGEST}", "missing.txt"])
def test_what_is_no_head_is_refused_with_the_way_to_one(given):
    with pytest.raises(UsageError, match="sportlake ledger head"):
        read_given_heads([given])


def test_a_file_that_is_no_text_has_no_head(tmp_path):
    (tmp_path / "note").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="no head"):
        read_given_heads([str(tmp_path / "note")])


@pytest.fixture
def released(tmp_path):
    workspace = workspace_with(tmp_path, contract_with(["code", "area:number"]))
    put(workspace, "210100", "sample_2026.csv", "code,area\nS1,10\nS2,20\n")
    take_all(workspace)
    release_all(workspace)
    return workspace


def test_a_release_notes_the_head_before_its_own_entry_also_in_its_public_files(released):
    (noted,) = list_release_heads(released)
    entry = released.ledger.read_entries("release")[0]
    assert (noted.head.seq, noted.head.hash) == (entry.seq - 1, entry.previous)
    folder = released.layout.release_folder("sample", "2026.11.1")
    for name in ("datapackage.json", "provenance.json"):
        assert noted.head in find_heads((folder / name).read_text(encoding="utf-8"))
        assert [one.head for one in read_given_heads([str(folder / name)])] == [noted.head]
    checked = check_heads(released, [noted])
    assert (checked.confirmed, checked.missing, checked.newest) == ((noted,), (), noted.head.seq)


def test_a_cut_tail_is_found_by_the_head_of_a_release(released):
    noted, path = list_release_heads(released), released.layout.ledger
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[: noted[0].head.seq - 1]))
    assert released.ledger.verify_chain() == []
    assert check_heads(released, noted).missing == tuple(noted)
    path.write_bytes(b"".join(lines[: noted[0].head.seq]))
    assert check_heads(released, noted).missing == ()
    assert [release.number for release in list_unrecorded_releases(released)] == ["2026.11.1"]
    path.write_bytes(b"".join(lines))
    assert list_unrecorded_releases(released) == []
