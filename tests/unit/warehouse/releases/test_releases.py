"""Releases are listed, read and verified."""

import hashlib
import io
import json
import shutil
import subprocess
from datetime import timedelta

import pyarrow.parquet as pq
import pytest

from schemas.errors import ReleaseError, UsageError
from support.frozen_facility import NOW, alter, folder_of, frozen, paper
from warehouse.releases.releases import list_releases, read_release, verify_release


def test_sha256sum_accepts_the_folder(layout):
    folder = folder_of(layout, frozen(layout))
    ran = subprocess.run(["sha256sum", "-c", "--strict", "SHA256SUMS"], cwd=folder, capture_output=True, check=False)
    assert ran.returncode == 0
    assert len(ran.stdout.splitlines()) == 10


def test_numbers_count_within_the_month_and_releases_come_oldest_first(layout):
    previous = None
    for moment in (*[NOW] * 11, NOW + timedelta(days=7)):
        previous = frozen(layout, now=moment, previous=previous).number
    numbers = [release.number for release in list_releases(layout, "facility")]
    assert numbers == [*(f"2026.11.{n}" for n in range(1, 12)), "2026.12.1"]
    assert [release.previous for release in list_releases(layout, "facility")] == [None, *numbers[:-1]]


def test_a_dataset_without_releases_has_none_and_a_bad_name_is_refused(layout):
    assert not list_releases(layout, "facility")
    with pytest.raises(UsageError):
        list_releases(layout, "../etc")


def test_a_release_that_cannot_be_read_says_so(layout):
    release = frozen(layout)
    folder = folder_of(layout, release)
    assert read_release(folder) == release
    (folder / "datapackage.json").unlink()
    with pytest.raises(ReleaseError, match=r"2026\.11\.1"):
        read_release(folder)
    assert "datapackage.json" in verify_release(folder)[0].en


def test_verify_finds_what_was_changed_removed_added_or_renamed(layout):
    folder = folder_of(layout, frozen(layout))
    assert verify_release(folder) == []
    copy = shutil.copytree(folder, folder.with_name("2026.11.2"))
    assert [text.en for text in verify_release(copy)] == ["the descriptor speaks of facility 2026.11.1"]
    alter(folder, "facility.csv", (folder / "facility.csv").read_bytes().replace(b"1200", b"1300"))
    (folder / "facility.geojson").unlink()
    (folder / "extra.txt").write_text("x", encoding="utf-8")
    assert [text.en for text in verify_release(folder)] == [
        "facility.geojson is missing",
        "extra.txt was not part of the release",
        "facility.csv was changed",
    ]


@pytest.mark.parametrize("forge", ["rows", "rubbish"])
def test_verify_finds_other_rows_even_when_every_sum_was_rewritten(layout, forge):
    folder = folder_of(layout, frozen(layout))
    before = folder / "facility.parquet"
    other = io.BytesIO()
    pq.write_table(pq.read_table(before).slice(1), other)
    forged = other.getvalue() if forge == "rows" else b"PAR1"
    sums = {name: (folder / name).read_bytes() for name in ("datapackage.json", "SHA256SUMS")}
    old, new = (hashlib.sha256(content).hexdigest().encode() for content in (before.read_bytes(), forged))
    alter(folder, "facility.parquet", forged)
    described = sums["datapackage.json"].replace(old, new)
    olds, news = (hashlib.sha256(content).hexdigest().encode() for content in (sums["datapackage.json"], described))
    alter(folder, "datapackage.json", described)
    alter(folder, "SHA256SUMS", sums["SHA256SUMS"].replace(old, new).replace(olds, news))
    assert [text.en for text in verify_release(folder)] == ["the rows are not those of the content hash"]


@pytest.mark.parametrize("path", ["../../secret", "/etc/passwd"])
def test_verify_follows_no_path_out_of_the_folder(layout, path):
    folder = folder_of(layout, frozen(layout))
    told = paper(folder)
    told["resources"][0]["path"] = path
    alter(folder, "datapackage.json", json.dumps(told).encode())
    assert f"{path} is not what datapackage.json says" in [text.en for text in verify_release(folder)]
