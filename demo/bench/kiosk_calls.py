"""The reception's screen over HTTP: its picture, a finger on it and a keyboard beside it."""

from typing import Any

from fastapi import FastAPI, Request, Response

from demo.bench import bodies
from demo.running import RunningSchool

FINGER_MS = 80
"""How long a finger rests; a long press takes 450 ms."""


def add_kiosk_calls(app: FastAPI, school: RunningSchool) -> None:
    """Add the three calls to the application."""

    @app.get("/api/bench/kiosk.png", response_class=Response)
    async def see_kiosk() -> Response:
        return Response(await school.kiosk.picture(), media_type="image/png")

    @app.post("/api/bench/kiosk/tap")
    async def tap_kiosk(request: Request) -> dict[str, Any]:
        kiosk = school.kiosk
        body = bodies.read_body(await request.body(), ("x", "y", "hold_ms"))
        x, y = bodies.read_fraction(body, "x"), bodies.read_fraction(body, "y")
        await kiosk.tap(x, y, bodies.read_hold(body, FINGER_MS))
        return {"done": True}

    @app.post("/api/bench/kiosk/type")
    async def type_at_kiosk(request: Request) -> dict[str, Any]:
        kiosk = school.kiosk
        await kiosk.write(bodies.read_keys(bodies.read_body(await request.body(), ("text",))))
        return {"done": True}
