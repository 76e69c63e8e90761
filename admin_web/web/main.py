"""The command phonekeep-web: serves the office over TLS, or over http on loopback for a demo and nothing else."""

import asyncio
import contextlib
import logging
import signal
import socket
import ssl
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
import uvicorn

from admin_web.errors import AdminWebError, SettingsInvalid
from admin_web.notify import notify
from admin_web.settings import Settings
from admin_web.web.redirect import serve_redirects
from admin_web.web.tasks import run_while
from admin_web.web.wiring import Web, build

HTTPS, HTTP = 443, 80
WATCHDOG_S = 5.0
STOP_WITHIN_S = 3

log = logging.getLogger("phonekeep-web")

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def serve(
    data: Annotated[Path, typer.Option(envvar="PHONEKEEP_DATA", help="Central's data directory.")],
    simulate: Annotated[Path | None, typer.Option(help="Directory of a demo's school clock.")] = None,
    port: Annotated[int | None, typer.Option(help="Listen here instead of where central.toml says.")] = None,
) -> None:
    """Serve the admin web view and the API."""
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(name)s: %(message)s")
    for noisy in ("uvicorn.error", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    try:
        asyncio.run(_run(build(data, simulate), port))
    except AdminWebError as problem:
        typer.echo(f"phonekeep-web: {problem}", err=True)
        raise typer.Exit(1) from None
    except PermissionError as problem:
        typer.echo(f"phonekeep-web: {problem}. Run it as the user who owns {data}.", err=True)
        raise typer.Exit(1) from None


def main() -> None:
    """Run the command."""
    app()


async def _run(web: Web, port: int | None) -> None:
    settings = web.settings.web
    listener = _listen(settings.bind, settings.port if port is None else port)
    server = _Server(
        uvicorn.Config(
            web.app,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # nobody stands in front: an address or scheme that a client claims counts for nothing
            lifespan="on",
            timeout_graceful_shutdown=STOP_WITHIN_S,
            **_tls(web.settings),
        )
    )
    server.when_stopping = web.office.changes.close
    redirects = serve_redirects(settings.bind, HTTP) if settings.port == HTTPS and port is None else _nothing()
    log.info("listening on %s port %d", settings.bind, listener.getsockname()[1])
    try:
        async with run_while(_watchdog(server)), run_while(redirects):
            await server.serve([listener])
    finally:
        notify("STOPPING=1")
        web.database.close()


class _Server(uvicorn.Server):
    """A server that lets go of its live pages as soon as it is asked to end: a stream has no end of its own."""

    when_stopping: Any = None

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self.when_stopping()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End in order on SIGTERM and SIGINT, and return: uvicorn would raise the signal once more afterwards."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)


async def _watchdog(server: uvicorn.Server) -> None:
    """Tell systemd when the server answers, and then that its loop still turns."""
    while not server.started:
        await asyncio.sleep(0.02)
    notify("READY=1")
    while True:
        notify("WATCHDOG=1")
        await asyncio.sleep(WATCHDOG_S)


async def _nothing() -> None:
    return


def _listen(bind: str, port: int) -> socket.socket:
    """Open the port. Raises SettingsInvalid, saying who may or what is there already."""
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    # With the protocol named, asyncio switches Nagle's algorithm off: without, each answer waited 40 ms for an ACK.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((bind, port))
    except OSError as problem:
        listener.close()
        raise SettingsInvalid(
            f"Port {port} of {bind} cannot be opened: {problem.strerror}. "
            "Stop what listens there, or give another port in central.toml, [web]."
        ) from problem
    return listener


def _tls(settings: Settings) -> dict[str, Any]:
    """The certificate to show: the school's, or the one of our own authority; none for http on loopback."""
    files = settings.web_certificate
    if files is None:
        return {}
    certificate, key = files
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as problem:
        raise SettingsInvalid(
            f"The certificate {certificate} with the key {key} cannot be used: {problem}. "
            "Run `phonekeep-admin init` again, or correct central.toml, [web]."
        ) from problem
    return {"ssl_certfile": certificate, "ssl_keyfile": key}
