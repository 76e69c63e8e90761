"""Keeps the process small over weeks: what is let go goes back to the system (mallopt(3), malloc_trim(3))."""

import ctypes
import gc

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
LARGE = 64 * 1024
"""Bytes from which a piece of memory is the system's own; glibc would let this grow with the largest piece it saw."""


def give_back_large_pieces() -> None:
    """Ask the C library for it; one that does not know the wish goes on as it is."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, LARGE)
        mallopt(M_TRIM_THRESHOLD, LARGE)
        # The window and the program take turns anyway: a heap for each would keep what the other has let go.
        mallopt(M_ARENA_MAX, 1)


def set_aside() -> None:
    """Take what stands once the program has started out of every later look for rubbish: 75,000 objects, 40 ms."""
    gc.collect()
    gc.freeze()


def tidy_up() -> None:
    """Let go of what only points at itself, pages and their textures among it, and give the room back."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
