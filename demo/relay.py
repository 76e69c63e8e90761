"""The cable between a device and the broker: a TCP relay that can let everything vanish while connections stay open."""

import asyncio
import logging

log = logging.getLogger(__name__)

CHUNK = 65536


class Relay:
    """Passes bytes both ways between the device's own port and the broker's.

    Down, nothing gets through in either direction and nobody is told: no byte, no end, no reset; a new connection is
    taken and left in silence, as a cable that was pulled does. Up again, both ends go on where they were, as TCP's
    retransmission would have it, and learn what the other did meanwhile.
    """

    def __init__(self, broker_port: int) -> None:
        self._broker_port = broker_port
        self._passing = asyncio.Event()
        self._passing.set()
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def up(self) -> bool:
        """Whether bytes get through."""
        return self._passing.is_set()

    @property
    def port(self) -> int:
        """The port on loopback that the device connects to."""
        if self._server is None:
            raise RuntimeError("the relay listens only after open()")
        return int(self._server.sockets[0].getsockname()[1])

    async def open(self, port: int = 0) -> None:
        """Listen on loopback, on a free port unless one is named."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", port)

    def set_up(self, up: bool) -> None:
        """Plug the cable in, or pull it."""
        if up:
            self._passing.set()
        else:
            self._passing.clear()

    async def close(self) -> None:
        """Stop listening and cut what is open."""
        if self._server is not None:
            self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.create_task(self._serve(reader, writer))
        self._connections.add(connection)
        connection.add_done_callback(self._connections.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._passing.wait()
            try:
                far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._broker_port)
            except OSError:
                return  # the broker is down: the device sees its connection end, as it would with the broker's host
            try:
                async with asyncio.TaskGroup() as both:
                    both.create_task(self._pass(reader, far_writer))
                    both.create_task(self._pass(far_reader, writer))
            finally:
                far_writer.transport.abort()
        except* OSError:
            log.debug("a connection through the relay ended")
        finally:
            writer.transport.abort()

    async def _pass(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while True:
            await self._passing.wait()
            data = await source.read(CHUNK)
            await self._passing.wait()  # the cable may have been pulled while we waited for these bytes
            if not data:
                break
            target.write(data)
            await target.drain()
        if target.can_write_eof():
            target.write_eof()
