"""Free ports on loopback, from below the range that the kernel hands out, so that a kept school finds its own again."""

import random
import socket

LOWEST, HIGHEST = 20000, 32000


def is_free(port: int) -> bool:
    """Say whether nobody listens on this port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def choose_port() -> int:
    """Choose a port nobody listens on."""
    while True:
        port = random.randint(LOWEST, HIGHEST)
        if is_free(port):
            return port
