from pipelines.venues.pair_cache import KeptPair, PairCache, read_pair_cache, write_pair_cache
from support.workspaces import NOW


def test_what_is_written_is_read_back(tmp_path):
    pair = KeptPair(1, 2, 0.9, (0, 1), ("a", "b"))
    cache = PairCache(
        rules="r", versions={"facility": 3, "event": None}, compared_at=NOW, contents={1: "a"}, pairs=(pair,)
    )
    write_pair_cache(tmp_path / "venues" / "pairs.json", cache)
    assert read_pair_cache(tmp_path / "venues" / "pairs.json") == cache


def test_a_file_that_is_missing_or_not_ours_is_none(tmp_path):
    file = tmp_path / "pairs.json"
    assert read_pair_cache(file) is None
    for content in (b"", b"{}", b"[1", b"\xff", b'{"rules": 1}'):
        file.write_bytes(content)
        assert read_pair_cache(file) is None
