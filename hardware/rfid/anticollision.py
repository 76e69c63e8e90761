"""Finds every card in the field and its whole UID: a walk through the tree of UID bits (ISO/IEC 14443-3, 6.5.3).

Each walk begins with WUPA, which wakes halted cards too, so a look depends on nothing an earlier one has left behind.
"""

from dataclasses import dataclass, replace

from hardware.rfid.air import Air, Received
from hardware.rfid.frames import CASCADE_TAG, SAK_CASCADE, SELECT, WUPA, check_byte, crc_a, nvb, with_crc

WALKS = 24
"""More than any lanyard needs; a disturbed field must not keep a look going."""
SECOND_TRIES = 2
"""How often in one look a garbled walk is gone again."""
LEVEL_BITS = 32


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at the field found."""

    uids: tuple[bytes, ...]
    is_disturbed: bool
    """Something answered that could not be understood."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A place in the tree: levels already selected, and the bits known of the next one."""

    selected: tuple[bytes, ...] = ()
    known: tuple[int, ...] = ()


class Garbled(Exception):
    """An answer that fits nothing: parity, check byte, CRC or length."""


def find_cards(air: Air) -> Look:
    """Look once: select every card in the field in turn and send it to sleep."""
    found: dict[bytes, None] = {}
    branches = [Branch()]
    tries_left = SECOND_TRIES
    is_disturbed = False
    for _ in range(WALKS):
        if not branches:
            break
        branch = branches.pop()
        try:
            uid = _walk(air, branch, branches)
        except Garbled:
            is_disturbed = True
            if tries_left:
                tries_left -= 1
                branches.append(branch)
            continue
        if uid is not None:
            found[uid] = None
    return Look(tuple(found), is_disturbed)


def _walk(air: Air, branch: Branch, branches: list[Branch]) -> bytes | None:
    """Follow one branch to a card and halt it; forks not taken are added to `branches`. None: nobody is there."""
    # An empty field is the common case, and its WUPA ends with the timer.
    first = not branch.selected and not branch.known
    if air.exchange(bytes((WUPA,)), last_bits=7, answer_bits=0 if first else 16) is None:
        return None
    for level, part in enumerate(branch.selected):
        if not _select(air, level, part):
            return None
    while True:
        level = len(branch.selected)
        four = _resolve(air, branch, branches)
        if four is None:
            return None
        goes_on = _select(air, level, four)
        if goes_on is None:
            return None
        if not goes_on:
            air.halt()
            return b"".join(part[1:] for part in branch.selected) + four
        if level + 1 == len(SELECT) or four[0] != CASCADE_TAG:
            raise Garbled
        branch = Branch((*branch.selected, four))


def _resolve(air: Air, branch: Branch, branches: list[Branch]) -> bytes | None:
    """Find the four bytes of one card at the branch's level; None when no card has the known bits."""
    while True:
        known = branch.known
        extra = len(known) % 8
        request = bytes((SELECT[len(branch.selected)], nvb(len(known)))) + _bytes_of(known)
        answer = air.exchange(request, last_bits=extra, align=extra, answer_bits=40 - len(known))
        if answer is None:
            return None
        if answer.is_garbled:
            raise Garbled
        received = _bits_of(answer)[extra:]
        if answer.collision is None:
            whole = _bytes_of(known + received)
            if len(known) + len(received) != 40 or check_byte(whole) != whole[4]:
                raise Garbled
            return whole[:4]
        certain = _certain_bits(len(known), answer.collision)
        if certain is None:
            raise Garbled
        common = known + received[: certain - len(known)]
        branches.append(replace(branch, known=(*common, 0)))
        branch = replace(branch, known=(*common, 1))


def _certain_bits(known: int, position: int) -> int | None:
    """How many bits of the level are the same on all cards for sure, given CollReg's position; None: makes no sense.

    In a first answer the position counts from the level's first bit. In a later one the data sheet (9.3.1.15: "in a
    received frame") and drivers in the field disagree whether it counts from the first received bit, from its
    byte, or from the level. The nearest of the three is always safe: at worst one fork leads nowhere.
    """
    candidates = (position, known - known % 8 + position, known + position)
    ends = [end for end in candidates if known < end <= LEVEL_BITS]
    return min(ends) - 1 if ends else None


def _select(air: Air, level: int, part: bytes) -> bool | None:
    """SELECT one card at a level: whether its UID goes on at the next; None when it is gone."""
    request = with_crc(bytes((SELECT[level], 0x70)) + part + bytes((check_byte(part),)))
    answer = air.exchange(request, answer_bits=24)
    if answer is None:
        return None
    data = answer.data
    if answer.is_garbled or answer.collision is not None or answer.bits != 24 or crc_a(data[:1]) != data[1:]:
        raise Garbled
    return bool(data[0] & SAK_CASCADE)


def _bits_of(answer: Received) -> tuple[int, ...]:
    return tuple(answer.data[i // 8] >> i % 8 & 1 for i in range(answer.bits))


def _bytes_of(bits: tuple[int, ...]) -> bytes:
    return bytes(sum(bit << i for i, bit in enumerate(bits[n : n + 8])) for n in range(0, len(bits), 8))
