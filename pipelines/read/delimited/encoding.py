"""Detection of a text file's encoding: byte order mark first, then strict UTF-8, then strict GB18030.

Successful decoding as GB18030 proves little, because Big5 and damaged UTF-8 decode without error too. GB18030 is
accepted if Chinese header labels match the contract or, where no label is Chinese, if at least 70 % of the Chinese
characters are everyday ones. Nothing is decoded with replacement characters. Not here: parsing (`delimited_text`).

Source: GB 18030-2022; everyday characters: GB 2312-1980, level 1 (3 755 characters).
"""

import codecs
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyarrow as pa

from pipelines.columns.proposal_columns import is_proposal_label
from pipelines.read.delimited.padding import open_content
from pipelines.read.reading import LINE_BYTES, refuse_file
from pipelines.read.tables.header import Header
from quality.conformance.buffers import is_utf8
from schemas.errors import UnreadableFile
from schemas.text import Text

_BLOCK = 2**20
_SAMPLE = 20_000
_LONGEST_CHARACTER = 4
"""Bytes of a character in UTF-8."""
_ASCII = re.compile(r"[\x00-\x7f]+")
EVERYDAY_SHARE = 0.7
"""Minimum share of everyday characters for GB18030.

Chinese text of our departments has 0.98 or more; Big5, Shift-JIS or UTF-8 read as GB18030 have 0.5 or less.
"""
# UTF-32 comes first, because its byte order mark begins with that of UTF-16.
_OTHER_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
# Signs that occur in Chinese text and are no evidence for its encoding.
_NEUTRAL = frozenset("—…·“”‘’°²³×÷±㎡℃№①②③④⑤⑥⑦⑧⑨⑩ⅠⅡⅢⅣⅤ￥")


@dataclass(frozen=True)
class TextEncoding:
    """An encoding: its Python name, and the first non-ASCII characters (`sample`) of a file that is not UTF-8."""

    name: str
    sample: str = ""


class _StrictDecoder:
    """A strict incremental decoder that records the byte offset of its first error (`failed_at`) instead of raising; `cut`: a character without end."""

    def __init__(self, name: str) -> None:
        self.decoder = codecs.getincrementaldecoder(name)("strict")
        self.fed = 0
        self.failed_at: int | None = None
        self.cut = False

    def decode_block(self, block: bytes, *, final: bool = False) -> str:
        if self.failed_at is not None:
            return ""
        pending = len(self.decoder.getstate()[0])
        try:
            text: str = self.decoder.decode(block, final)
        except UnicodeDecodeError as wrong:
            self.failed_at, self.cut = self.fed - pending + wrong.start, final
            return ""
        self.fed += len(block)
        return text


def detect_encoding(path: Path) -> TextEncoding:
    """Returns the encoding of a delimited file, which is read to its end; `confirm_encoding` has to confirm GB18030.

    Padding at the end of the file is not read (`padding`).

    Raises UnreadableFile: encoding (UTF-16 or UTF-32; or neither UTF-8 nor GB18030, with byte and line of the first
    error; or the last character is cut), long-line, not-a-table (NUL bytes).
    """
    _refuse_other_marks(path)
    if _is_utf8_text(path):
        with path.open("rb") as file:
            return TextEncoding("utf-8-sig" if file.read(3) == codecs.BOM_UTF8 else "utf-8")
    gb18030, sample = _decode_pass(path, "gb18030")
    if gb18030.failed_at is not None:
        utf8, _ = _decode_pass(path, "utf-8")
        further = max(utf8, gb18030, key=lambda decoder: decoder.failed_at or 0)
        raise undecodable_error(path, further.failed_at or 0)
    return TextEncoding("gb18030", sample)


def confirm_encoding(path: Path, encoding: TextEncoding, header: Header) -> tuple[Text, ...]:
    """Returns the receipt's note on the encoding: none for UTF-8, the evidence for GB18030.

    Raises UnreadableFile: encoding, if there is no evidence that the file is GB18030.
    """
    if encoding.name != "gb18030":
        return ()
    chinese = [
        label for label, field in zip(header.labels, header.fields, strict=True) if field and not label.isascii()
    ]
    if chinese and 2 * header.known >= sum(
        bool(label.strip()) and not is_proposal_label(label) for label in header.labels
    ):
        return (
            Text(
                zh=f"按 GB18030（含 GBK）解码，依据是表头“{chinese[0].strip()}”等 {len(chinese)} 列与数据规范相符",
                en=f"decoded as GB18030 (GBK): {len(chinese)} Chinese labels agree with the contract",
            ),
        )
    share = everyday_share(encoding.sample)
    if share < EVERYDAY_SHARE:
        raise undecodable_error(path, _find_first_non_ascii(path))
    return (
        Text(
            zh=f"按 GB18030（含 GBK）解码；表头没有可以印证的汉字，依据是 {share:.0%} 的汉字为常用字，请核对",
            en=f"decoded as GB18030 (GBK): no Chinese label confirms it, {share:.0%} of the characters are everyday ones; please check",
        ),
    )


def everyday_share(text: str) -> float:
    """Returns the share of GB 2312 level 1 among all non-ASCII characters except punctuation; 0 if there are none."""
    telling = [
        c for c in text if not ("\u3000" <= c <= "\u303f" or "\uff00" <= c <= "\uff60" or c in _NEUTRAL or c.isascii())
    ]
    return sum(c in _everyday_characters() for c in telling) / len(telling) if telling else 0.0


def undecodable_error(path: Path, at: int) -> UnreadableFile:
    """Returns the exception (kind `encoding`) for undecodable text, or for one without its end; `at` is the byte offset of the first error."""
    if _ends_within_character(path):
        return _cut_text_error(path)
    line = _line_number(path, at)
    return refuse_file(
        "encoding",
        f"“{path.name}”不是 UTF-8，也不是 GB18030/GBK（可能是 Big5 或其他编码）：第 {line} 行，第 {at} 字节起无法认读；"
        "请在 Excel 或 WPS 中另存为“CSV UTF-8（逗号分隔）”，或直接报送 XLSX",
        f"“{path.name}” is neither UTF-8 nor GB18030/GBK (Big5 or another encoding?): line {line}, from byte {at} on; "
        "save it as “CSV UTF-8 (comma delimited)”, or send XLSX",
    )


def _cut_text_error(path: Path) -> UnreadableFile:
    """Returns the exception (kind `encoding`) for text that ends within a character: saved again, it would be read without its last rows."""
    return refuse_file(
        "encoding",
        f"“{path.name}”末尾的一个字不完整，文件很可能没有保存完或没有传完，后面的行已经丢失；请用原文件重新导出或传送，不要打开另存",
        f"“{path.name}” ends within a character: it was not saved or sent to its end, and rows are missing; export or send the original again, do not save this one",
    )


def _ends_within_character(path: Path) -> bool:
    """Whether the file is UTF-8, or Chinese in GB18030, apart from a last character that is cut off. Other multi-byte characters must confirm the encoding."""
    utf8, others = _decode_pass(path, "utf-8")
    if utf8.cut:
        return bool(others)
    gb18030, others = _decode_pass(path, "gb18030")
    return gb18030.cut and everyday_share(others) >= EVERYDAY_SHARE


def other_json_error(path: Path, at: int) -> UnreadableFile:
    """Returns the exception (kind `encoding`) for JSON that is not UTF-8; `at` is the byte offset of the first error."""
    if _ends_within_character(path) or _decode_pass(path, "gb18030")[0].failed_at is not None:
        return undecodable_error(path, at)
    return refuse_file(
        "encoding",
        f"“{path.name}”不是 UTF-8 编码（第 {_line_number(path, at)} 行，第 {at} 字节起），可能是 GB18030/GBK；JSON 须为 UTF-8，请以 UTF-8 重新导出",
        f"“{path.name}” is not UTF-8 (line {_line_number(path, at)}, from byte {at} on) and may be GB18030/GBK; JSON must be UTF-8, export it so",
    )


def _refuse_other_marks(path: Path) -> None:
    with open_content(path) as file:
        head = file.read(_BLOCK)
    zeros = head.count(0)
    name = next((name for mark, name in _OTHER_MARKS if head.startswith(mark)), None)
    # ASCII text in UTF-16 without a byte order mark has a zero in every second byte.
    if name is None and zeros * 5 > len(head):
        name = "UTF-16"
    if name:
        raise refuse_file(
            "encoding",
            f"“{path.name}”是 {name} 编码（第 1 行，自第 0 字节起，常见于 Excel 的“Unicode 文本”）；请另存为“CSV UTF-8（逗号分隔）”",
            f"“{path.name}” is {name}: line 1, from byte 0 on (Excel calls it “Unicode text”); save it as “CSV UTF-8 (comma delimited)”",
        )
    if zeros:
        raise _binary_error(path, head.index(0))


def _is_utf8_text(path: Path) -> bool:
    """Returns whether the file is UTF-8 to its end. Raises UnreadableFile for a long line or a zero byte, in any encoding."""
    valid, rest, line, offset = True, b"", 0, 0
    with open_content(path) as file:
        while block := file.read(_BLOCK):
            line = _line_length(path, block, line, offset)
            offset += len(block)
            if valid:
                text = rest + block
                end = _last_character_end(text)
                valid, rest = is_utf8(pa.py_buffer(text).slice(0, end)), text[end:]
    return valid and not rest


def _last_character_end(text: bytes) -> int:
    """Returns the number of bytes up to the last complete UTF-8 character; all of them unless the end cuts a character."""
    last = text[-_LONGEST_CHARACTER:]
    return len(text) - len(last) + codecs.utf_8_decode(last, "ignore")[1]


def _decode_pass(path: Path, name: str) -> tuple[_StrictDecoder, str]:
    decoder, sample = _StrictDecoder(name), ""
    with open_content(path) as file:
        while block := file.read(_BLOCK):
            text = decoder.decode_block(block)
            if len(sample) < _SAMPLE and not text.isascii():
                sample += _ASCII.sub("", text)[:_SAMPLE]
    decoder.decode_block(b"", final=True)
    return decoder, sample


def _line_length(path: Path, block: bytes, before: int, offset: int) -> int:
    if 0 in block:
        raise _binary_error(path, offset + block.index(0))
    ends = [end for end in (block.find(b"\n"), block.find(b"\r")) if end >= 0]
    if before + (min(ends) if ends else len(block)) > LINE_BYTES:
        line = _line_number(path, offset)
        raise refuse_file(
            "long-line",
            f"“{path.name}”第 {line} 行超过 {LINE_BYTES >> 10} KB，不像数据表；请检查换行符，或改用 XLSX 报送",
            f"line {line} of “{path.name}” is longer than {LINE_BYTES >> 10} KB, which is no table; check its line ends, or send XLSX",
        )
    last = max(block.rfind(b"\n"), block.rfind(b"\r"))
    return before + len(block) if last < 0 else len(block) - last - 1


def _binary_error(path: Path, at: int) -> UnreadableFile:
    return refuse_file(
        "not-a-table",
        f"“{path.name}”不是文本：第 {at} 字节是零字节；请报送 XLSX 或“CSV UTF-8（逗号分隔）”",
        f"“{path.name}” is not text: byte {at} is zero; send XLSX or “CSV UTF-8 (comma delimited)”",
    )


def _line_number(path: Path, at: int) -> int:
    line, left = 1, at
    with path.open("rb") as file:
        while left > 0 and (block := file.read(min(_BLOCK, left))):
            line += block.count(b"\n") or block.count(b"\r")
            left -= len(block)
    return line


def _find_first_non_ascii(path: Path) -> int:
    offset = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            if not block.isascii():
                return offset + next(at for at in range(len(block)) if not block[at : at + 1].isascii())
            offset += len(block)
    return offset


@cache
def _everyday_characters() -> frozenset[str]:
    rows = range(0xB0, 0xD8)
    return frozenset(
        bytes((row, cell)).decode("gb2312") for row in rows for cell in range(0xA1, 0xFF) if (row, cell) < (0xD7, 0xFA)
    )
