"""Tells systemd that the program is ready and alive (sd_notify protocol), and nobody when it was not started by it."""

import os
import socket


def notify(state: str) -> None:
    """Send one line such as `READY=1` or `WATCHDOG=1` to `NOTIFY_SOCKET`; do nothing without one (sd_notify(3))."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sending:
        try:
            sending.connect(address)
            sending.send(state.encode())
        except OSError:
            return  # systemd went away: nobody is listening, and a door must still open
