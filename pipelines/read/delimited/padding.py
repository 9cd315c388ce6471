"""Padding at the end of a text file: Ctrl-Z and NUL bytes, which old programs write to end a file or to fill a block.

They are no content. Not here: padding within the text, which no reader accepts (`encoding`).

Source: CP/M and MS-DOS, end-of-file character 1A (hexadecimal).
"""

import io
from pathlib import Path
from typing import BinaryIO

from schemas.text import Text

_PADDING = b"\x00\x1a"
_BLANK = b" \t\r\n"
_BLOCK = 2**16


class _FileStart(io.RawIOBase):
    """The first `size` bytes of a file, as a raw stream."""

    def __init__(self, path: Path, size: int) -> None:
        super().__init__()
        self._file = path.open("rb", buffering=0)
        self._size = size

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._file.tell(), io.SEEK_END: self._size}[whence]
        return self._file.seek(start + offset)

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        left = max(0, self._size - self._file.tell())
        return self._file.readinto(memoryview(buffer)[:left]) or 0

    def close(self) -> None:
        self._file.close()
        super().close()


def content_size(path: Path) -> int:
    """Returns the number of bytes before the padding at the end of a file; its whole size if there is none.

    Blanks and line ends after the first byte of padding belong to it.
    """
    content = end = path.stat().st_size
    with path.open("rb") as file:
        kept = 0
        while end > 0 and not kept:
            start = max(0, end - _BLOCK)
            file.seek(start)
            block = file.read(end - start)
            # Whole blocks of zero bytes, of which there may be thousands, are only compared.
            kept, end = 0 if block == bytes(len(block)) else len(block.rstrip(_PADDING + _BLANK)), start
            content = min([content, *(start + at for byte in _PADDING if (at := block.find(byte, kept)) >= 0)])
    return content


def open_content(path: Path) -> BinaryIO:
    """Returns the bytes of a file without the padding at its end, as a buffered stream; the caller closes it."""
    size = content_size(path)
    if size == path.stat().st_size:
        return path.open("rb")
    return io.BufferedReader(_FileStart(path, size), _BLOCK)


def describe_padding(path: Path) -> tuple[Text, ...]:
    """Returns the receipt's note on the padding of a file; none if it has none."""
    padding = path.stat().st_size - content_size(path)
    if not padding:
        return ()
    return (
        Text(
            zh=f"文件末尾有 {padding} 个字节的填充（Ctrl-Z 或零字节），不是内容，已忽略",
            en=f"{padding} bytes of padding at the end of the file (Ctrl-Z or zero bytes) are no content and were ignored",
        ),
    )
