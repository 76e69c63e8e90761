"""Bytes on a `board` connection: what the program's ends of the wires and the simulator say to each other.

A connection begins with the line `board` (or `bench`, which goes on in JSON lines). SPI has a connection of its own.
"""

import struct

BOARD_HELLO = b"board\n"
BENCH_HELLO = b"bench\n"

SPI = struct.Struct("!cBBIH")
"""S, bus, device, speed in Hz, length; the bytes follow. Answer: as many bytes, bare."""
MODE = struct.Struct("!cBBB")
"""M, pin, `Mode`, level. No answer."""
WRITE = struct.Struct("!cBB")
"""W, pin, level. No answer."""
READ = struct.Struct("!cB")
"""R, pin. Answer: LEVEL with V."""
WATCH = struct.Struct("!cB")
"""N, pin: from now on every change of that input is told as LEVEL with E. No answer."""
TELL = struct.Struct("!cH")
"""T, length; JSON follows: {"wiring": ...} or {"lamp", "rhythm"}. No answer."""
LEVEL = struct.Struct("!cBB")
"""V or E, pin, level."""

LENGTHS = {b"S": SPI.size, b"M": MODE.size, b"W": WRITE.size, b"R": READ.size, b"N": WATCH.size, b"T": TELL.size}
