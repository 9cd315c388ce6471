"""The mark of a home: read as it was written, and not taken for that of another bucket."""

from warehouse.layout import Layout
from warehouse.storage.storage_mark import StorageMark, read_mark, write_mark

MARK = StorageMark("s3://one/home", 7, 5, {"people.yaml": (12, 3)}, ("receipts/RCPT-1.html",))


def test_a_mark_is_read_as_it_was_written(tmp_path):
    write_mark(Layout(tmp_path), MARK)
    assert read_mark(Layout(tmp_path), MARK.url) == MARK


def test_another_bucket_begins_anew(tmp_path):
    write_mark(Layout(tmp_path), MARK)
    assert read_mark(Layout(tmp_path), "s3://two/home") is None


def test_a_damaged_mark_begins_anew(tmp_path):
    Layout(tmp_path).storage_mark.write_text('{"url": "s3://one/home"}', encoding="utf-8")
    assert read_mark(Layout(tmp_path), MARK.url) is None
