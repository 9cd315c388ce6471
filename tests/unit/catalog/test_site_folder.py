import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import site_folder as shelves
from catalog.site_folder import SiteFolder, SiteFolderDryRun
from schemas.errors import CatalogueError


@pytest.fixture
def shelf(tmp_path):
    return SiteFolder(tmp_path / "site")


@pytest.fixture
def source(tmp_path):
    file = tmp_path / "a.csv"
    file.write_bytes(b"id\n1\n")
    return file


def names(shelf):
    return sorted(p.relative_to(shelf.folder).as_posix() for p in shelf.folder.rglob("*") if p.is_file())


def test_a_text_is_put_whole_and_nothing_else_stays(shelf):
    assert shelf.write_text("a/b.html", "体育") == "a/b.html"
    assert (shelf.folder / "a/b.html").read_text(encoding="utf-8") == "体育"
    assert (names(shelf), shelf.writes) == (["a/b.html"], 1)


def test_the_same_text_again_is_not_written(shelf):
    shelf.write_text("b.html", "x")
    before = (shelf.folder / "b.html").stat().st_mtime_ns
    shelf.write_text("b.html", "x")
    assert ((shelf.folder / "b.html").stat().st_mtime_ns, shelf.writes) == (before, 1)


def test_a_released_file_is_placed_as_the_same_file(shelf, source):
    shelf.copy_file("r/a.csv", source, hashlib.sha256(source.read_bytes()).hexdigest())
    shelf.copy_file("r/a.csv", source)
    assert (shelf.folder / "r/a.csv").samefile(source)
    assert shelf.writes == 1


def test_where_there_are_no_links_it_is_copied(shelf, source, monkeypatch):
    def refuse(*_):
        raise OSError("another disk")

    monkeypatch.setattr("pathlib.Path.hardlink_to", refuse)
    shelf.copy_file("a.csv", source)
    assert (shelf.folder / "a.csv").read_bytes() == source.read_bytes()
    assert not (shelf.folder / "a.csv").samefile(source)
    shelf.copy_file("a.csv", source)
    assert shelf.writes == 1


def test_a_file_that_is_not_what_was_released_is_not_placed(shelf, source):
    with pytest.raises(CatalogueError, match="changed since"):
        shelf.copy_file("a.csv", source, "0" * 64)
    assert not (shelf.folder / "a.csv").exists()


def test_a_file_whose_hash_is_known_is_placed_without_being_read(shelf, source, monkeypatch):
    monkeypatch.setattr(shelves, "file_sha256", lambda file: pytest.fail(f"{file.name} was read"))
    for _ in range(2):
        shelf.copy_file("a.csv", source, "0" * 64, hashed=True)
    assert shelf.digests == {"a.csv": "0" * 64}
    assert (shelf.folder / "a.csv").samefile(source)


def test_a_copy_is_read_again_even_of_a_file_whose_hash_is_known(shelf, source, monkeypatch):
    def refuse(*_):
        raise OSError("another disk")

    monkeypatch.setattr("pathlib.Path.hardlink_to", refuse)
    with pytest.raises(CatalogueError, match="changed since"):
        shelf.copy_file("a.csv", source, "0" * 64, hashed=True)
    assert names(shelf) == []
    shelf.copy_file("a.csv", source, hashlib.sha256(source.read_bytes()).hexdigest(), hashed=True)
    assert names(shelf) == ["a.csv"]


def test_a_file_that_is_missing_is_refused_by_name(shelf, tmp_path):
    with pytest.raises(CatalogueError, match=r"nothing\.csv"):
        shelf.copy_file("a.csv", tmp_path / "facility" / "2026.11.1" / "nothing.csv")


def test_a_reader_sees_the_old_file_until_the_new_one_is_whole(shelf, monkeypatch):
    shelf.write_text("b.html", "old")

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("pathlib.Path.replace", killed)
        with pytest.raises(KeyboardInterrupt):
            shelf.write_text("b.html", "new")
    assert (shelf.folder / "b.html").read_text(encoding="utf-8") == "old"
    shelf.write_text("b.html", "new")
    assert names(shelf) == ["b.html"]


def test_what_a_killed_run_left_beside_a_link_is_in_nobodys_way(shelf, source):
    target = shelf.folder / "a.csv"
    shelves._hidden_name(target).write_bytes(b"half")
    shelf.copy_file("a.csv", source)
    assert names(shelf) == ["a.csv"]


def test_removing_takes_files_and_folders_and_nothing_is_no_error(shelf):
    shelf.write_text("d/a", "1")
    shelf.write_text("b", "2")
    for name in ("d", "b", "never-there"):
        shelf.remove_file(name)
    assert (names(shelf), shelf.writes) == ([], 4)


def test_a_shelf_only_looked_at_notes_what_lies_there_otherwise_and_writes_nothing(shelf, source):
    for name in ("same.html", "other.html"):
        shelf.write_text(name, "体育")
    shelf.copy_file("same.csv", source)
    before = names(shelf)
    seen = SiteFolderDryRun(shelf.folder)
    seen.write_text("same.html", "体育")
    seen.write_text("other.html", "足球")
    seen.write_text("missing.html", "x")
    seen.copy_file("same.csv", source)
    seen.copy_file("missing.csv", source)
    assert [(name, found is None) for name, _, found in seen.otherwise] == [
        ("other.html", False), ("missing.html", True), ("missing.csv", True),
    ]  # fmt: skip
    assert (names(shelf), seen.writes) == (before, 0)


def test_what_was_released_is_known_by_its_hash_even_where_the_release_is_gone(shelf, source, tmp_path):
    shelf.copy_file("a.csv", source)
    seen = SiteFolderDryRun(shelf.folder)
    seen.copy_file("a.csv", tmp_path / "gone.csv", hashlib.sha256(b"id\n1\n").hexdigest())
    assert seen.otherwise == []
    with pytest.raises(CatalogueError, match=r"gone\.csv"):
        seen.copy_file("a.csv", tmp_path / "gone.csv")


@given(laid=st.text(max_size=8), wanted=st.text(max_size=8))
def test_looking_finds_a_difference_exactly_where_laying_down_would_write(tmp_path_factory, laid, wanted):
    shelf = SiteFolder(tmp_path_factory.mktemp("site"))
    shelf.write_text("a", laid)
    seen = SiteFolderDryRun(shelf.folder)
    seen.write_text("a", wanted)
    before = shelf.writes
    shelf.write_text("a", wanted)
    assert bool(seen.otherwise) == (shelf.writes > before)
    assert seen.digests == shelf.digests


def test_a_text_in_parts_is_the_same_as_one_written_at_once(shelf):
    assert shelf.write_parts("a.json", iter(["[", "体育", "]"])) == "a.json"
    once = SiteFolder(shelf.folder)
    once.write_text("a.json", "[体育]")
    assert (once.writes, once.digests) == (0, shelf.digests)
    once.write_parts("a.json", iter(["[体育", "]"]))
    assert once.writes == 0
    assert names(shelf) == ["a.json"]
    dry = SiteFolderDryRun(shelf.folder)
    dry.write_parts("a.json", iter(["[体育]"]))
    assert dry.otherwise == []
    dry.write_parts("a.json", iter(["other"]))
    assert [name for name, *_ in dry.otherwise] == ["a.json"]
    assert names(shelf) == ["a.json"]
