"""Load over real HTTP: a client so thin that it measures the server, with requests that were made beforehand."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class Tally:
    """What came of some requests: the time each took and the whole took, in seconds, and what was answered."""

    seconds: float = 0.0
    took: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Requests per second."""
        return len(self.took) / self.seconds

    def note(self, status: int, took: float) -> None:
        """Add one answer."""
        self.took.append(took)
        self.statuses[status] = self.statuses.get(status, 0) + 1


class Line:
    """One connection that is kept open; one request at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def to(cls, address: str) -> Line:
        """Connect to http://host:port."""
        where = urlsplit(address)
        return cls(*await asyncio.open_connection(where.hostname, where.port))

    async def ask(self, request: bytes) -> int:
        """Send a request and return the status of its answer, once all of that is there."""
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await self._reader.readexactly(int(length.split(b":")[1]))
        return int(head.split(b" ", 2)[1])

    def close(self) -> None:
        """Hang up."""
        self._writer.close()


def post(path: str, body: bytes, media_type: str = "application/x-www-form-urlencoded", *, cookie: str = "") -> bytes:
    """Return the bytes of a POST of a form."""
    lines = (
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Content-Type: {media_type}",
        f"Content-Length: {len(body)}",
        f"Cookie: {cookie}",
    )
    return "\r\n".join((*lines, "", "")).encode() + body


def multipart(fields: Mapping[str, str], file: bytes) -> tuple[bytes, str]:
    """Return (body, media type) of a form with a field called file."""
    edge = "edge-of-a-part"
    parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode() for name, value in fields.items()]
    if file:
        parts.append(b'Content-Disposition: form-data; name="file"; filename="people.csv"\r\n\r\n' + file)
    body = b"".join(f"--{edge}\r\n".encode() + part + b"\r\n" for part in parts) + f"--{edge}--\r\n".encode()
    return body, f"multipart/form-data; boundary={edge}"


def crowd(address: str, requests: Sequence[bytes], in_flight: int) -> Tally:
    """Send all requests, always `in_flight` at once: each is sent when another has been answered (a closed loop)."""
    return asyncio.run(_crowd(address, iter(requests), in_flight))


def stream(address: str, requests: Iterable[bytes], per_second: float) -> Tally:
    """Send requests on schedule, however long the answers take; each is timed from its scheduled start (open loop)."""
    return asyncio.run(Stream(address).flow(requests, per_second))


async def _crowd(address: str, requests: Iterator[bytes], in_flight: int) -> Tally:
    tally = Tally()

    async def one_after_another(line: Line) -> None:
        for request in requests:
            sent = time.perf_counter()
            tally.note(await line.ask(request), time.perf_counter() - sent)

    lines = [await Line.to(address) for _ in range(in_flight)]
    began = time.perf_counter()
    await asyncio.gather(*(one_after_another(line) for line in lines))
    tally.seconds = time.perf_counter() - began
    for line in lines:
        line.close()
    return tally


class Stream:
    """Requests on schedule, over as many connections as that takes."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._idle: list[Line] = []
        self.tally = Tally()

    async def flow(self, requests: Iterable[bytes], per_second: float) -> Tally:
        """Send the requests, wait for the last answer and return the tally."""
        began = time.perf_counter()
        async with asyncio.TaskGroup() as under_way:
            for number, request in enumerate(requests):
                scheduled = began + number / per_second
                await asyncio.sleep(max(0.0, scheduled - time.perf_counter()))
                under_way.create_task(self._send(request, scheduled))
        self.tally.seconds = time.perf_counter() - began
        for line in self._idle:
            line.close()
        return self.tally

    async def _send(self, request: bytes, scheduled: float) -> None:
        line = self._idle.pop() if self._idle else await Line.to(self._address)
        status = await line.ask(request)
        self.tally.note(status, time.perf_counter() - scheduled)
        self._idle.append(line)
