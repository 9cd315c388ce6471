"""Which encoding a text file is in, decided on evidence: byte order mark, then strict UTF-8, then strict GB18030.

GB18030 alone proves little, since Big5 and broken UTF-8 decode as it without complaint. It is believed if Chinese header
labels of the contract come out, or, where no label is Chinese, if nearly all Chinese characters are everyday ones. Nothing is
ever decoded with replacement. Not here: parsing (`delimited`).

Source: GB 18030-2022; everyday characters: GB 2312-1980, level 1 (3 755 characters).
"""

import codecs
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipelines.read.header import Header
from pipelines.read.reading import LINE_BYTES, refuse_file
from schemas.errors import UnreadableFile
from schemas.text import Text

_BLOCK = 2**20
_SAMPLE = 20_000
_ASCII = re.compile(r"[\x00-\x7f]+")
EVERYDAY_SHARE = 0.7
"""Chinese text of our departments has 0.98 and more; Big5, Shift-JIS or UTF-8 read as GB18030 have 0.5 and less."""
# UTF-32 first: its mark begins with that of UTF-16.
_OTHER_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
# Signs that stand in Chinese text and say nothing about its encoding.
_NEUTRAL = frozenset("—…·“”‘’°²³×÷±㎡℃№①②③④⑤⑥⑦⑧⑨⑩ⅠⅡⅢⅣⅤ￥")


@dataclass(frozen=True)
class TextEncoding:
    """`name` as Python calls it; `sample` holds the first characters beyond ASCII of a file that is not UTF-8."""

    name: str
    sample: str = ""


class _StrictDecoder:
    """One strict decoder fed block by block, that remembers where it failed instead of raising."""

    def __init__(self, name: str) -> None:
        self.decoder = codecs.getincrementaldecoder(name)("strict")
        self.fed = 0
        self.failed_at: int | None = None

    def decode_block(self, block: bytes, *, final: bool = False) -> str:
        if self.failed_at is not None:
            return ""
        pending = len(self.decoder.getstate()[0])
        try:
            text: str = self.decoder.decode(block, final)
        except UnicodeDecodeError as wrong:
            self.failed_at = self.fed - pending + wrong.start
            return ""
        self.fed += len(block)
        return text


def detect_encoding(path: Path) -> TextEncoding:
    """The encoding of a delimited file, read once from end to end; GB18030 still has to be `confirmed`.

    Raises UnreadableFile: encoding (UTF-16, neither UTF-8 nor GB18030: byte and line of the first offence), long-line,
    not-a-table (NUL bytes).
    """
    _refuse_other_marks(path)
    utf8 = _decode_pass(path, "utf-8", lines=True)[0]
    if utf8.failed_at is None:
        with path.open("rb") as file:
            return TextEncoding("utf-8-sig" if file.read(3) == codecs.BOM_UTF8 else "utf-8")
    gb18030, sample = _decode_pass(path, "gb18030", lines=False)
    if gb18030.failed_at is not None:
        further = max(utf8, gb18030, key=lambda decoder: decoder.failed_at or 0)
        raise undecodable_error(path, further.failed_at or 0)
    return TextEncoding("gb18030", sample)


def confirm_encoding(path: Path, encoding: TextEncoding, header: Header) -> tuple[Text, ...]:
    """What the receipt says about the encoding: nothing for UTF-8, the evidence for GB18030.

    Raises UnreadableFile: encoding, if there is no evidence that the file really is GB18030.
    """
    if encoding.name != "gb18030":
        return ()
    chinese = [
        label for label, field in zip(header.labels, header.fields, strict=True) if field and not label.isascii()
    ]
    if chinese and 2 * header.known >= sum(bool(label.strip()) for label in header.labels):
        return (
            Text(
                zh=f"按 GB18030（含 GBK）解码，依据是表头“{chinese[0].strip()}”等 {len(chinese)} 列与契约相符",
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
    """Share of GB 2312 level 1 among all characters beyond ASCII that are no punctuation; 0 if there are none."""
    telling = [
        c for c in text if not ("\u3000" <= c <= "\u303f" or "\uff00" <= c <= "\uff60" or c in _NEUTRAL or c.isascii())
    ]
    return sum(c in _everyday_characters() for c in telling) / len(telling) if telling else 0.0


def undecodable_error(path: Path, at: int) -> UnreadableFile:
    """The refusal of text in no encoding that we read, with the byte and the line where it shows."""
    line = _line_number(path, at)
    return refuse_file(
        "encoding",
        f"“{path.name}”不是 UTF-8，也不是 GB18030/GBK（可能是 Big5 或其他编码）：第 {line} 行，第 {at} 字节起无法认读；"
        "请在 Excel 或 WPS 中另存为“CSV UTF-8（逗号分隔）”，或直接交 XLSX",
        f"“{path.name}” is neither UTF-8 nor GB18030/GBK (Big5 or another encoding?): line {line}, from byte {at} on; "
        "save it as “CSV UTF-8 (comma delimited)”, or send XLSX",
    )


def _refuse_other_marks(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(_BLOCK)
    zeros = head.count(0)
    name = next((name for mark, name in _OTHER_MARKS if head.startswith(mark)), None)
    # Without a mark, every second byte of ASCII text in UTF-16 is zero.
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


def _decode_pass(path: Path, name: str, *, lines: bool) -> tuple[_StrictDecoder, str]:
    decoder, line, offset, sample = _StrictDecoder(name), 0, 0, ""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            if lines:
                line = _line_length(path, block, line, offset)
            text = decoder.decode_block(block)
            if not lines and len(sample) < _SAMPLE and not text.isascii():
                sample += _ASCII.sub("", text)[:_SAMPLE]
            offset += len(block)
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
            f"“{path.name}”第 {line} 行超过 {LINE_BYTES >> 10} KB，不像数据表；请检查换行符，或改交 XLSX",
            f"line {line} of “{path.name}” is longer than {LINE_BYTES >> 10} KB, which is no table; check its line ends, or send XLSX",
        )
    last = max(block.rfind(b"\n"), block.rfind(b"\r"))
    return before + len(block) if last < 0 else len(block) - last - 1


def _binary_error(path: Path, at: int) -> UnreadableFile:
    return refuse_file(
        "not-a-table",
        f"“{path.name}”不是文本：第 {at} 字节是零字节；请交 XLSX 或“CSV UTF-8（逗号分隔）”",
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
