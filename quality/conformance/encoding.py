"""In which encoding a text file is, decided and never guessed: a byte order mark, or every byte valid UTF-8.

Not here: the ladder for departments' files, which also knows GB18030 because a contract's labels can confirm it
(`pipelines/read`). A plain descriptor has no labels that could, so it must name its encoding itself.
"""

import codecs
from pathlib import Path

from schemas.errors import UnreadableFile
from schemas.text import Text

_BLOCK = 1 << 20


def marked_encoding(path: Path) -> str:
    """`utf-8-sig` or `utf-8` by the mark alone, for a reader that will look at every byte itself."""
    with path.open("rb") as file:
        return "utf-8-sig" if file.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8 else "utf-8"


def decided_encoding(path: Path) -> str:
    """`utf-8-sig` or `utf-8`; UnreadableFile (`encoding`) with the first bad byte if the file is neither."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    read = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            _decode(decoder, block, path, read)
            read += len(block)
    _decode(decoder, b"", path, read, final=True)
    return marked_encoding(path)


def _decode(decoder: codecs.IncrementalDecoder, block: bytes, path: Path, read: int, *, final: bool = False) -> None:
    held = len(decoder.getstate()[0])
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError as wrong:
        at = read - held + wrong.start
        raise UnreadableFile(
            "encoding",
            Text(
                zh=f"{path.name} 不是 UTF-8 编码（第 {at} 字节起）。请另存为 UTF-8，或在说明文件中写明 encoding",
                en=f"{path.name} is not UTF-8 (from byte {at}). Save it as UTF-8, or name its `encoding` in the descriptor",
            ),
        ) from wrong
