"""Limits on what a plain descriptor may make us read: only files beside it, in a known format and encoding.

Refused: a path that is absolute, contains `..`, leaves the folder through a link or names another machine; a profile that
would have to be fetched; compressed files; workbooks that unpack beyond the limit (zip bombs). An encoding is never guessed:
a byte order mark or valid UTF-8 throughout, else the descriptor must name it.

Not here: processing of the files; encoding detection for departments' files, which also accepts GB18030 because a contract's
labels can confirm it (`pipelines/read`), while a plain descriptor has no labels that could.
"""

import codecs
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any
from urllib.parse import urlparse

from frictionless import system

from schemas.errors import ContractError, UnreadableFile
from schemas.text import Text

_BLOCK = 1 << 20


def detect_bom_encoding(path: Path) -> str:
    """Returns `utf-8-sig` or `utf-8` by the byte order mark alone, for a reader that validates every byte itself."""
    with path.open("rb") as file:
        return "utf-8-sig" if file.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8 else "utf-8"


def require_utf8_encoding(path: Path) -> str:
    """Returns `utf-8-sig` or `utf-8`; UnreadableFile (`encoding`) with the first invalid byte if the file is neither."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    read = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            _decode_block(decoder, block, path, read)
            read += len(block)
    _decode_block(decoder, b"", path, read, final=True)
    return detect_bom_encoding(path)


def _decode_block(
    decoder: codecs.IncrementalDecoder, block: bytes, path: Path, read: int, *, final: bool = False
) -> None:
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


TEXT_FORMATS = frozenset({"csv", "tsv"})
FORMATS = TEXT_FORMATS | {"xlsx"}
UNPACKED_LIMIT = 1 << 30
"""Maximum total size in bytes of the unpacked parts of a workbook."""
PROFILES = frozenset({"data-package", "tabular-data-package", "data-resource", "tabular-data-resource"})


def resolve_descriptor_path(given: object, folder: Path) -> Path:
    """Returns the file that a descriptor in `folder` names; ContractError unless the path is relative and stays inside it."""
    if isinstance(given, str):
        posix, windows = PurePosixPath(given), PureWindowsPath(given)
        plain = not (posix.is_absolute() or windows.anchor or urlparse(given).scheme or given.startswith("~"))
        if plain and ".." not in posix.parts + windows.parts and "\0" not in given:
            path = folder / given
            if path.resolve().is_relative_to(folder.resolve()):
                return path
    raise ContractError(
        Text(
            zh=f"说明文件引用了 {given!r}：只能引用说明文件所在文件夹内的文件（相对路径，不含 ..）",
            en=f"the descriptor refers to {given!r}: only files inside its own folder may be named (relative, without ..)",
        )
    )


def refuse_profile(descriptor: Mapping[str, Any]) -> None:
    """Raises ContractError if the descriptor names a profile that is not built in: it would have to be fetched."""
    named = [descriptor.get("profile"), descriptor.get("profiles")]
    for profile in [p for given in named for p in (given if isinstance(given, list) else [given])]:
        if profile is not None and not (isinstance(profile, str) and profile in PROFILES):
            raise ContractError(
                Text(
                    zh=f"说明文件要求外部 profile {profile!r}；平台不联网取用，请删除或改用：{'、'.join(sorted(PROFILES))}",
                    en=f"the descriptor wants the profile {profile!r}, and nothing is fetched; remove it or use one of: {', '.join(sorted(PROFILES))}",
                )
            )


def detect_format_and_encoding(
    path: Path, resource: Mapping[str, Any], decide: Callable[[Path], str] = require_utf8_encoding
) -> tuple[str, str | None]:
    """Returns the file's format (declared, or its suffix) and encoding (declared, or by `decide`; None for workbooks).

    Raises UnreadableFile (`format`, `compressed`, `too-large`, `encoding`) with the limit and the next step. A missing file is
    left to frictionless, which reports it.
    """
    suffix = path.suffix.lower().removeprefix(".")
    format_ = str(resource.get("format") or suffix).lower()
    if resource.get("compression") or suffix in {"zip", "gz", "bz2", "xz"}:
        raise UnreadableFile(
            "compressed",
            Text(zh=f"{path.name} 是压缩文件，请解压后再检查", en=f"{path.name} is compressed: unpack it first"),
        )
    if format_ not in FORMATS:
        raise UnreadableFile(
            "format",
            Text(
                zh=f"{path.name} 的格式 {format_!r} 无法检查；可检查的格式：{'、'.join(sorted(FORMATS))}",
                en=f"{path.name} is of format {format_!r}; those that can be checked are: {', '.join(sorted(FORMATS))}",
            ),
        )
    if format_ in TEXT_FORMATS:
        declared = resource.get("encoding")
        return format_, str(declared) if declared else decide(path) if path.is_file() else None
    _refuse_zip_bomb(path)
    return format_, None


def _refuse_zip_bomb(path: Path) -> None:
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as parts:
        size = sum(part.file_size for part in parts.infolist())
    if size > UNPACKED_LIMIT:
        raise UnreadableFile(
            "too-large",
            Text(
                zh=f"{path.name} 解压后有 {size} 字节，超过 {UNPACKED_LIMIT} 字节，请拆分",
                en=f"{path.name} unpacks to {size} bytes, above the limit of {UNPACKED_LIMIT}: split it",
            ),
        )


@contextmanager
def trust_absolute_paths() -> Iterator[None]:
    """Lets frictionless open an absolute path: ours is absolute, and all others are checked here.

    `system.use_context` would not reset the flag if its body raises.
    """
    before = system.trusted
    system.trusted = True
    try:
        yield
    finally:
        system.trusted = before
