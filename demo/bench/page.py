"""The page of the bench, and what it asks for besides the JSON interface: badges to draw and what just happened."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib import resources
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, RedirectResponse

from demo.running import RunningSchool
from demo.school import SampleBadge


@dataclass(frozen=True, slots=True)
class BenchPage:
    """What the page shows that never changes while the demo runs."""

    web: str
    owner_link: Callable[[], Awaitable[str | None]]
    """Asks for the owner link, None once it was used."""
    badges: tuple[SampleBadge, ...]


def add_page(app: FastAPI, school: RunningSchool, page: BenchPage) -> None:
    """Add the page and its own two questions to the application."""
    html = resources.files("demo").joinpath("static/bench.html").read_text(encoding="utf-8")

    @app.get("/", response_class=HTMLResponse, include_in_schema=False)
    async def show_bench() -> HTMLResponse:
        return HTMLResponse(html)

    @app.get("/office", include_in_schema=False)
    async def open_office() -> RedirectResponse:
        """Lead to the owner link until it has made the first account, then to the office itself."""
        return RedirectResponse(await page.owner_link() or page.web, status_code=303)

    @app.get("/api/bench/page", include_in_schema=False)
    async def see_school() -> dict[str, Any]:
        return {
            "devices": [
                {
                    "id": device.id,
                    "name": device.fitting.name,
                    "kind": device.fitting.kind,
                    "slots": device.fitting.slots,
                    "buttons": device.fitting.buttons,
                }
                for device in school.devices.values()
            ],
            "badges": [
                {"uid": badge.uid, "label": badge.label, "group": badge.group, "note": badge.note}
                for badge in page.badges
            ],
        }

    @app.get("/api/bench/live", include_in_schema=False)
    async def see_live(after_ns: int = 0) -> dict[str, Any]:
        """The state with what only the page needs, and the changes of hardware since a monotonic time."""
        state = await school.state()
        changes: list[dict[str, Any]] = []
        for device in school.devices.values():
            told = (await device.line.ask("history"))["history"]
            changes += [{**change, "device": device.id} for change in told if change["at_ns"] > after_ns]
        changes.sort(key=lambda change: change["at_ns"])
        return {
            **state,
            "picture": await school.picture_serial(),
            "declared_in": {device: school.office.declared_in(device) for device in school.devices},
            "faults": {
                device.id: {"reader": device.reader_fault, "disk": device.disk.fault, "jammed": device.jammed}
                for device in school.devices.values()
            },
            "changes": changes[-200:],
        }
