"""Compound files ([MS-CFB]) written from a plain tree: Outlook messages, old and locked Office files."""

import itertools
import struct
from collections.abc import Callable

FREE, END, FAT_SECTOR, DIFAT_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFC
Tree = dict[str, "bytes | Tree"]


def compound(tree: Tree, chained: bool = False) -> bytes:
    """Return a version 3 compound file holding `tree`: bytes are streams, dicts are storages.

    The names of a storage form a balanced tree, or with `chained` one long branch to the right.
    """
    records: list[list] = [["Root Entry", 5, FREE, FREE, FREE, b""]]
    records[0][4] = _add(tree, records, chained)
    mini = bytearray()
    mini_fat: list[int] = []
    sectors: list[bytes] = []
    fat: list[int] = []
    placed: list[tuple[int, int]] = []
    for _, kind, _, _, _, data in records:
        if kind != 2 or not data:
            placed.append((END if kind == 2 else 0, 0))
        elif len(data) < 4096:
            placed.append((len(mini_fat), len(data)))
            _chain(mini_fat, -(-len(data) // 64))
            mini += data.ljust(-(-len(data) // 64) * 64, b"\x00")
        else:
            placed.append((_place(data, sectors, fat), len(data)))
    placed[0] = (_place(bytes(mini), sectors, fat) if mini else END, len(mini))
    mini_start = (
        _place(struct.pack(f"<{len(mini_fat)}L", *mini_fat), sectors, fat, b"\xff") if mini_fat else END
    )
    directory = b"".join(_record(r, *at) for r, at in zip(records, placed, strict=True))
    directory_start = _place(directory, sectors, fat)
    return _assemble(sectors, fat, directory_start, mini_start, -(-len(mini_fat) // 128))


def _add(tree: Tree, records: list[list], chained: bool) -> int:
    # In the order that the format asks for: by length, then by letters.
    numbers = []
    for name in sorted(tree, key=lambda n: (len(n), n.upper())):
        value = tree[name]
        is_stream = isinstance(value, bytes)
        record = [name, 2 if is_stream else 1, FREE, FREE, FREE, value if is_stream else b""]
        numbers.append(len(records))
        records.append(record)
        if isinstance(value, dict):
            record[4] = _add(value, records, chained)
    return _join(numbers, records, chained)


def _join(numbers: list[int], records: list[list], chained: bool) -> int:
    if not numbers:
        return FREE
    if chained:
        for number, following in itertools.pairwise(numbers):
            records[number][3] = following
        return numbers[0]
    middle = len(numbers) // 2
    records[numbers[middle]][2] = _join(numbers[:middle], records, chained)
    records[numbers[middle]][3] = _join(numbers[middle + 1 :], records, chained)
    return numbers[middle]


def _chain(table: list[int], count: int) -> None:
    start = len(table)
    table.extend(range(start + 1, start + count))
    table.append(END)


def _place(data: bytes, sectors: list[bytes], fat: list[int], filler: bytes = b"\x00") -> int:
    start = len(sectors)
    pieces = [data[at : at + 512].ljust(512, filler) for at in range(0, len(data), 512)]
    sectors.extend(pieces)
    _chain(fat, len(pieces))
    return start


def _record(record: list, start: int, size: int) -> bytes:
    name, kind, left, right, child, _ = record
    letters = (name + "\x00").encode("utf-16-le")
    return (
        letters.ljust(64, b"\x00")
        + struct.pack("<HBBLLL", len(letters), kind, 1, left, right, child)
        + bytes(36)
        + struct.pack("<LLL", start, size, 0)
    )


def _assemble(sectors: list[bytes], fat: list[int], directory: int, mini: int, mini_count: int) -> bytes:
    # The header names the first 109 sectors of the table; sectors of 127 names and a link name the others.
    count = more = 0
    while (len(fat) + count + more + 127) // 128 > count:
        count += 1
        more = -(-max(0, count - 109) // 127)
    own = list(range(len(fat), len(fat) + count))
    first = len(fat) + count
    fat = fat + [FAT_SECTOR] * count + [DIFAT_SECTOR] * more
    fat += [FREE] * (count * 128 - len(fat))
    named = own[109:] + [FREE] * (127 * more - len(own[109:]))
    links = [*range(first + 1, first + more), END]
    difat = [number for n in range(more) for number in (*named[n * 127 : n * 127 + 127], links[n])]
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
        + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
        + struct.pack("<9L", 0, count, directory, 0, 4096, mini, mini_count, first if more else END, more)
        + struct.pack("<109L", *own[:109], *[FREE] * (109 - count))
    )  # fmt: skip
    return header + b"".join(sectors) + struct.pack(f"<{len(fat) + len(difat)}L", *fat, *difat)


def tables_first(data: bytes) -> bytes:
    """Return the same compound file with its sectors the other way round, as Outlook places its tables."""
    count = len(data) // 512 - 1

    def turned(number: int) -> int:
        return count - 1 - number if number < count else number

    sectors = [data[at : at + 512] for at in range(512, len(data), 512)][::-1]
    header = list(struct.unpack("<76s109L", data[:512]))
    own = [turned(number) for number in header[1:] if number < count]
    fat = list(struct.unpack(f"<{len(own) * 128}L", b"".join(sectors[number] for number in own)))
    fat = [turned(number) for number in fat[:count]][::-1] + fat[count:]
    table = struct.pack(f"<{len(fat)}L", *fat)
    for place, number in enumerate(own):
        sectors[number] = table[place * 512 : place * 512 + 512]
    directory, mini = (turned(number) for number in struct.unpack("<L8xL", data[48:64]))
    at = directory
    while at < count:
        sectors[at] = b"".join(_turned(sectors[at][n : n + 128], turned) for n in range(0, 512, 128))
        at = fat[at]
    start = data[:48] + struct.pack("<L", directory) + data[52:60] + struct.pack("<L", mini) + data[64:76]
    return start + struct.pack("<109L", *own, *[FREE] * (109 - len(own))) + b"".join(sectors)


def _turned(record: bytes, turned: Callable[[int], int]) -> bytes:
    # Short streams lie in the root's own, by numbers of their own.
    start, size = struct.unpack("<LL", record[116:124])
    is_long = size >= 4096 or record[66] == 5
    return record[:116] + struct.pack("<L", turned(start) if is_long else start) + record[120:]


def message(*attachments: tuple[str, bytes], more: Tree | None = None) -> bytes:
    """Return an Outlook message with these attachments."""
    return compound(message_tree(*attachments) | (more or {}))


def message_tree(*attachments: tuple[str, bytes]) -> Tree:
    """Return the storages and streams of an Outlook message."""
    tree: Tree = {
        "__nameid_version1.0": {"__substg1.0_00020102": b"", "__substg1.0_00030102": b""},
        "__properties_version1.0": bytes(64),
        "__substg1.0_001A001F": "IPM.Note".encode("utf-16-le"),
        "__substg1.0_0037001F": "Dip sample of ten files".encode("utf-16-le"),
        "__substg1.0_1000001F": ("The sample was done in March. " * 40).encode("utf-16-le"),
    }
    for number, (name, data) in enumerate(attachments):
        tree[f"__attach_version1.0_#{number:08X}"] = {
            "__properties_version1.0": bytes(32),
            "__substg1.0_3707001F": name.encode("utf-16-le"),
            "__substg1.0_37010102": data,
        }
    return tree


def packed_object(name: str, data: bytes) -> bytes:
    """Return a file dropped into a document as an object, the way Windows packs it."""
    label = name.encode("cp1252") + b"\x00"
    path = b"C:\\Users\\lead\\" + label
    body = (
        struct.pack("<H", 2)
        + label
        + path
        + struct.pack("<HHL", 0, 3, len(path))
        + path
        + struct.pack("<L", len(data))
        + data
    )
    return compound({"\x01Ole10Native": struct.pack("<L", len(body)) + body, "\x01CompObj": bytes(100)})


def old_office(stream: str, macros: bool = False) -> bytes:
    """Return a Word, Excel or PowerPoint file from before 2007, by the name of its main stream."""
    tree: Tree = {stream: b"\xec\xa5" + bytes(5000), "\x05SummaryInformation": bytes(200)}
    if macros:
        tree["Macros"] = {"VBA": {"_VBA_PROJECT": bytes(100), "dir": bytes(50)}, "PROJECT": bytes(60)}
    return compound(tree)


def locked_office() -> bytes:
    """Return a new Office file behind a password: [MS-OFFCRYPTO] puts the whole of it into one stream."""
    return compound(
        {
            "EncryptionInfo": bytes(248),
            "EncryptedPackage": bytes(6000),
            "\x06DataSpaces": {"Version": bytes(76)},
        }
    )


VBA_PROJECT = compound({"VBA": {"_VBA_PROJECT": bytes(70), "dir": bytes(90)}, "PROJECT": b"ID={0}"})
