"""Which container a recording is in, by its first bytes, and whether it ends in the middle.

FFmpeg reads what is left of a truncated file and does not say that there should be more. So the
outermost elements are walked here: each says how long it is.
"""

from collections.abc import Iterator
from typing import BinaryIO, Literal

Format = Literal["matroska", "mp4", "ogg"]

_SEGMENT, _CLUSTER = 0x18538067, 0x1F43B675
_OGG_END_OF_STREAM = 4


def sniff(head: bytes) -> Format | None:
    """The demuxer for a file that begins like this; None for all others, playlists included."""
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "matroska"
    if head.startswith(b"OggS"):
        return "ogg"
    return "mp4" if head[4:8] == b"ftyp" else None


def ends_early(file: BinaryIO, container: Format) -> bool:
    """Whether the file ends within an element, box or page, or its stream goes on in Ogg."""
    size = file.seek(0, 2)
    walk = {"matroska": _matroska, "mp4": _mp4, "ogg": _ogg}[container]
    return max(walk(file, size), default=0) > size


def _matroska(file: BinaryIO, size: int) -> Iterator[int]:
    """Where elements end: of the segment, or where its length is not known, of what it holds."""
    at = 0
    while at < size:
        file.seek(at)
        head = file.read(12)
        element, length, header = _element(head)
        if header == 0:
            if len(head) < 12:
                yield size + 1
            return
        if length is not None:
            yield (at := at + header + length)
        elif element in (_SEGMENT, _CLUSTER):
            at += header
        else:
            return


def _element(head: bytes) -> tuple[int, int | None, int]:
    """An element's id, its length (None: not known) and its header's length (0: none is there)."""
    id_length = 9 - head[0].bit_length()
    if id_length > 4 or len(head) <= id_length:
        return 0, None, 0
    rest = head[id_length:]
    width = 9 - rest[0].bit_length()
    if width > 8 or len(rest) < width:
        return 0, None, 0
    unknown = (1 << 7 * width) - 1
    length = int.from_bytes(rest[:width], "big") & unknown
    identity = int.from_bytes(head[:id_length], "big")
    return identity, None if length == unknown else length, id_length + width


def _mp4(file: BinaryIO, size: int) -> Iterator[int]:
    """Where the outermost boxes end."""
    at = 0
    while at < size:
        file.seek(at)
        head = file.read(16)
        length = int.from_bytes(head[:4], "big")
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        if length == 0:  # to the end of the file
            return
        yield (at := at + max(length, 8))


def _ogg(file: BinaryIO, size: int) -> Iterator[int]:
    """Where pages end; beyond the file where the last one does not say that it is the last."""
    at, last = 0, False
    while at < size:
        file.seek(at)
        head = file.read(27 + 255)
        if head[:4] != b"OggS" or len(head) < 27:
            break
        last = bool(head[5] & _OGG_END_OF_STREAM)
        segments = head[26]
        yield (at := at + 27 + segments + sum(head[27 : 27 + segments]))
    yield size + (not last)
