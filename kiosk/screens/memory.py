"""Keeps the process small over weeks: pictures that are let go go back to the system at once (mallopt(3))."""

import ctypes

M_MMAP_THRESHOLD = -3
LARGE = 64 * 1024
"""Bytes from which a piece of memory is the system's own; glibc would let this grow with the largest piece it saw."""


def give_back_large_pieces() -> None:
    """Ask the C library for it; one that does not know the wish goes on as it is."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, LARGE)
