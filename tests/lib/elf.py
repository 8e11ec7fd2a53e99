# SPDX-License-Identifier: MIT
"""Shared objects with one thing wrong: patches of a good one (ELF, 64 bit, little endian; its dynamic section by elf(5))."""
import struct

PT_DYNAMIC = 2
DT_NEEDED, DT_RPATH, DT_TEXTREL, DT_RUNPATH, DT_FLAGS = 1, 15, 22, 29, 30
DF_TEXTREL = 4
EM_AARCH64 = 183
MAGIC = struct.pack("<I", 0x444D4C49)  # IL_MAGIC


def put(content, offset, replacement):
    return content[:offset] + replacement + content[offset + len(replacement):]


def swap(content, old, new):
    """Every occurrence; the length stays."""
    assert len(old) == len(new) and old in content, old
    return content.replace(old, new)


def dynamic(content):
    """(offset in the file, tag, value) of each entry."""
    offset, = struct.unpack_from("<Q", content, 32)
    size, count = struct.unpack_from("<HH", content, 54)
    for at in range(offset, offset + size * count, size):
        kind, = struct.unpack_from("<I", content, at)
        if kind == PT_DYNAMIC:
            start, length = struct.unpack_from("<Q", content, at + 8)[0], struct.unpack_from("<Q", content, at + 32)[0]
            for entry in range(start, start + length, 16):
                yield (entry, *struct.unpack_from("<qQ", content, entry))


def retag(content, old, new):
    """The first entry with that tag gets another one."""
    entry = next(entry for entry, tag, _ in dynamic(content) if tag == old)
    return put(content, entry, struct.pack("<q", new))


def flag(content, bits):
    """More of DT_FLAGS; an entry that no linker needs becomes it if there is none."""
    for entry, tag, value in dynamic(content):
        if tag == DT_FLAGS:
            return put(content, entry + 8, struct.pack("<Q", value | bits))
    entry = next(entry for entry, tag, _ in dynamic(content) if tag == 0x6FFFFFF9)  # DT_RELACOUNT
    return put(content, entry, struct.pack("<qQ", DT_FLAGS, bits))


def module(content, member, value):
    """0 magic, 1 ABI, 2 minor, 3 size of the exported interlude_module."""
    return put(content, content.index(MAGIC) + 4 * member, struct.pack("<I", value))
