"""`python -m demo.admin_at_hand`: `phonekeep-admin`, loaded once and ready to run any of its commands.

Most of the time of a command goes into loading; a school is set up by some twenty of them. Each runs in a process of
its own, forked off, with the words, the input and the outputs that it has at a terminal.
"""

import json
import os
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Any

COMMAND = "phonekeep-admin"


def main() -> None:
    """Serve at the socket named on the command line until the input ends."""
    [found] = entry_points(group="console_scripts", name=COMMAND)
    run: Callable[..., Any] = found.load()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(sys.argv[1])
        listener.listen()
        print("READY", flush=True)
        while True:
            line, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                _answer(line, run)
            line.close()


def _answer(line: socket.socket, run: Callable[..., Any]) -> None:
    """Run what is asked for and tell its exit code and outputs; never returns."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with line.makefile("rb") as asked:
        told = json.loads(asked.readline())
    streams = [os.memfd_create(name) for name in ("input", "output", "complaint")]
    os.write(streams[0], told["given"].encode())
    os.lseek(streams[0], 0, os.SEEK_SET)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    sys.argv = [COMMAND, *told["words"]]
    code = 1
    try:
        run(prog_name=COMMAND)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    output, complaint = (_whole(number).decode("utf-8", "replace") for number in (1, 2))
    line.sendall(json.dumps({"code": code, "output": output, "complaint": complaint}).encode() + b"\n")
    os._exit(0)


def _whole(number: int) -> bytes:
    return os.pread(number, os.fstat(number).st_size, 0)


if __name__ == "__main__":
    main()
