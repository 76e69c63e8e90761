"""The driver for CUPS: hands a sheet to `lp` on its standard input, without a shell and without a file (lp(1))."""

import subprocess

from admin_web.printing.printer import PrintFailed

ACCEPTS_WITHIN_S = 20.0
"""`lp` only hands over to the print server; one that takes longer is not there."""
_WHY = 120


class LpPrinter:
    """Prints by the program `lp` that is found on PATH."""

    def __init__(self, program: str = "lp") -> None:
        self._program = program

    def print_text(self, queue: str, title: str, text: str) -> None:
        """Hand text to a queue. Raises PrintFailed with what `lp` said, a name of no queue among it."""
        command = [self._program, "-d", queue, "-t", title, "-o", "media=A4"]
        try:
            done = subprocess.run(
                command, input=text.encode(), capture_output=True, timeout=ACCEPTS_WITHIN_S, check=False
            )
        except FileNotFoundError:
            raise PrintFailed("The program `lp` is not on the server. Install cups-client, or print by hand.") from None
        except subprocess.TimeoutExpired:
            raise PrintFailed("The print server did not answer for 20 seconds. Print by hand.") from None
        except OSError as problem:
            raise PrintFailed(f"`lp` could not be started: {problem.strerror}. Print by hand.") from None
        if done.returncode != 0:
            said = " ".join(done.stderr.decode(errors="replace").split()).removeprefix("lp: ")[:_WHY]
            raise PrintFailed(f"{queue} did not take the list: {said or 'lp gave no reason'}. Print by hand.")
