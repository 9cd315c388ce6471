"""Files that are hashed while they are written."""

import hashlib

from warehouse.releases import hashed_files
from warehouse.releases.hashed_files import FileSum, MeasuredFolder, open_hashed


def test_the_sum_is_that_of_the_bytes_in_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(hashed_files, "_FLUSHED", 4)
    with open_hashed(tmp_path / "a") as file:
        for part in (b"one", memoryview(b"two and three"), b"", b"four"):
            file.append_bytes(part)
        made = file.read_sum()
    content = (tmp_path / "a").read_bytes()
    assert content == b"onetwo and threefour"
    assert made == FileSum(len(content), hashlib.sha256(content).hexdigest())
    assert MeasuredFolder(tmp_path, {}).measure_file("a") == made


def test_a_file_whose_sum_is_known_is_not_read(tmp_path):
    known = FileSum(1, "0" * 64)
    assert MeasuredFolder(tmp_path, {"nowhere": known}).measure_file("nowhere") == known
