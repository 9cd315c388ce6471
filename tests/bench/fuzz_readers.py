"""Sample files, mutated by a seed, through the readers: whatever is neither read nor refused is printed with its seed and kept.

Run by hand: `PYTHONPATH=tests nice -n 15 python tests/bench/fuzz_readers.py [minutes] [first seed]` (10 and 0 unless given). Each file is
read in a child process within limits of memory and time. The last line counts files and finds; the finds lie in the folder that
it names. A find that was mended becomes a case of `tests/support/hostile_corpus.py`.
"""

import shutil
import sys
import tempfile
import time
import zipfile
from collections import Counter
from io import BytesIO
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq

from support.confined import confined_readers
from support.files import HEADER, ROW, workbook
from support.hostile_corpus import ODS_ROW, geojson, ods

SECONDS, MEMORY = 30, 4 * 2**30
WORDS = [b"", b"0", b"-1", b"4294967295", b"99999999999", b'"', b"<", b"&#0;", b"\x00", b"\xff", b"\r", b"\n", b"{", b"[", b"]", b",", b"NaN", b"1e999", "㎡".encode(), "\u202e".encode(), b"'", b"\xef\xbb\xbf", b"merge", b"#REF!"]  # fmt: skip
MOST = 8


def write_samples(folder: Path) -> list[Path]:
    """One file of each format."""
    rows = [ROW.split(",")] * 30
    table = {label: [row[at] for row in rows] for at, label in enumerate(HEADER.split(","))}
    pq.write_table(pa.table(table), folder / "venues.parquet")
    (folder / "venues.csv").write_text("\n".join([HEADER, *[ROW] * 30, 'LN-2,"a\nb",1,2024-05-01']), encoding="utf-8")
    records = b"[" + b",".join(b'{"id": "LN-1", "name": {"a": [1.5, null]}, "area_m2": 3}' for _ in rows) + b"]"
    (folder / "venues.json").write_bytes(records)
    geojson(geometry=b'{"type": "Point", "coordinates": [123.4, 41.8]}')(folder)
    workbook(folder, {"a": [HEADER.split(","), *rows], "b": [["x"]]}, merged=["A3:B4"])
    ods(f"<table:table-row>{ODS_ROW}</table:table-row>" * 20)(folder)
    return sorted(folder.iterdir())


def mutate(content: bytes, random: Random) -> bytes:
    """Cut, double, flip or replace a few places; in an archive, of one of its parts or of the archive itself."""
    if content.startswith(b"PK") and random.random() < 0.9:
        out = BytesIO()
        with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
            chosen = random.choice(source.namelist())
            for name in source.namelist():
                part = source.read(name)
                target.writestr(name, change_places(part, random) if name == chosen else part)
        return out.getvalue()
    return change_places(content, random)


def change_places(content: bytes, random: Random) -> bytes:
    """The bytes with up to `MOST` changes."""
    for _ in range(random.randint(1, MOST)):
        at = random.randrange(len(content) + 1)
        end = min(len(content), at + random.choice([0, 1, 1, 4, 40, 400]))
        piece = random.choice([random.choice(WORDS), random.randbytes(3), content[at:end] * random.choice([2, 50])])
        content = content[:at] + piece + content[end:]
    return content


def main(minutes: float = 10, seed: int = 0) -> None:
    """Reads mutated files until the time is over."""
    kept, until, outcomes, finds = (
        Path(tempfile.mkdtemp(prefix="fuzz-")),
        time.monotonic() + 60 * minutes,
        Counter[str](),
        0,
    )
    samples = write_samples(kept)
    with confined_readers(MEMORY, SECONDS) as read_confined:
        while time.monotonic() < until:
            sample, random = samples[seed % len(samples)], Random(seed)  # noqa: S311 -- a seed that can be named
            path = kept / f"seed-{seed}{sample.suffix}"
            path.write_bytes(mutate(sample.read_bytes(), random))
            found = read_confined(path)
            outcomes[found.kind] += 1
            if found.kind == "broken":
                finds += 1
                sys.stdout.write(f"{path}: {found}\n")
            else:
                path.unlink()
            seed += 1
    sys.stdout.write(f"{outcomes.total()} files, {finds} finds; {dict(outcomes)}\n")
    if not finds:
        shutil.rmtree(kept)


if __name__ == "__main__":
    main(*map(float, sys.argv[1:2]), *map(int, sys.argv[2:3]))
