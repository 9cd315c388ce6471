"""The version of the code: it changes with what judges, and with nothing else."""

from importlib.metadata import version

from schemas.execution.code_version import hash_sources, read_code_version


def test_it_names_the_package_and_stays_the_same():
    number, _, digest = read_code_version().partition("+")
    assert (number, len(digest)) == (version("sportlake"), 16)
    assert read_code_version().endswith(digest)


def test_it_follows_modules_and_code_lists_but_not_contracts_and_pages(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return hash_sources(tmp_path)

    seen = [write("quality/gate.py", "1"), write("quality/gate.py", "2"), write("schemas/codelists/sport.csv", "a")]
    assert len(set(seen)) == 3
    assert write("schemas/datasets/facility.yaml", "x") == seen[-1]
    assert write("pipelines/pages/texts.yaml", "x") == seen[-1]
    assert write("catalog/plan.py", "x") == seen[-1]
    (tmp_path / "quality" / "gate.py").rename(tmp_path / "quality" / "door.py")
    assert hash_sources(tmp_path) not in seen, "a name counts too"
