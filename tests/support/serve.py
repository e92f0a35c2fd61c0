"""Pages on loopback for as long as a test needs them."""

from __future__ import annotations

from aiohttp import web


async def serve(pages: web.Application, port: int = 0) -> tuple[web.AppRunner, str]:
    """Serve pages; return the runner, whose cleanup ends that, and the address."""
    runner = web.AppRunner(pages, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"
