"""A file loses the value in place, or goes; a name that loses it takes the place of no other file."""

import zipfile
from pathlib import Path

from pipelines.erasure.found_places import count_in_file
from pipelines.erasure.originals import erase_file, rename_file
from pipelines.erasure.raw_bytes import erase_bytes
from pipelines.erasure.sought_values import MARK, SoughtValues

FILES = Path(__file__).parents[3] / "golden/files"

SOUGHT = SoughtValues(["王小明"])


def test_a_text_is_rewritten_and_a_binary_workbook_removed(tmp_path):
    text, old = tmp_path / "a.csv", tmp_path / "a.xls"
    text.write_text("id,name\n1,王小明\n", encoding="utf-8")
    text.chmod(0o444)
    old.write_bytes(b"\xd0\xcf" + "王小明".encode("utf-16-le"))
    for path in (text, old):
        erase_file(path, SOUGHT)
    assert (text.read_text(encoding="utf-8"), text.stat().st_mode & 0o777) == ("id,name\n1,\n", 0o444)
    assert not old.exists()


def test_a_workbook_in_which_only_its_reader_finds_it_is_removed(tmp_path):
    path = tmp_path / "a.ods"
    with zipfile.ZipFile(FILES / "open.ods") as source, zipfile.ZipFile(path, "w") as target:
        for part in source.infolist():
            cut = source.read(part).replace(
                "<text:p>西岗区体育馆".encode(), "<text:p>王<text:span>小明</text:span>".encode()
            )
            target.writestr(part, cut)
    assert (erase_bytes(path.name, path.read_bytes(), SOUGHT).hits, count_in_file(path, SOUGHT)) == (0, 1)
    erase_file(path, SOUGHT)
    assert not path.exists()


def test_a_name_takes_the_place_of_no_other_file(tmp_path):
    for name in ("a_王小明.csv", "a_王\u200b小明.csv", "王小明.tar.csv", "b.csv"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    for path in sorted(tmp_path.iterdir()):
        rename_file(path, SOUGHT)
    told = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    assert set(told) == {f"a_{MARK}.csv", f"a_{MARK}-2.csv", f"{MARK}.tar.csv", "b.csv"}
    assert len(set(told.values())) == 4
