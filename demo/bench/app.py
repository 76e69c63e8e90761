"""The bench over HTTP: the page, the JSON interface, and errors that say what to do."""

from importlib import resources
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from demo.bench.calls import add_calls
from demo.bench.page import BenchPage, add_page
from demo.errors import BenchRefused
from demo.running import RunningSchool

SAFE = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
LOCAL_NAMES = ("127.0.0.1", "localhost")


def build_app(school: RunningSchool, page: BenchPage) -> FastAPI:
    """Build the application that serves the bench of this school."""
    app = FastAPI(title="Phonekeep bench", docs_url=None, redoc_url=None, openapi_url="/api/bench/openapi.json")
    add_calls(app, school)
    add_page(app, school, page)
    app.mount("/static", StaticFiles(directory=Path(str(resources.files("demo") / "static"))), name="static")

    @app.middleware("http")
    async def keep_to_this_machine(request: Request, call_next: object) -> Response:
        """Refuse other sites' pages (by Host and Origin): the bench can break things, and has no sign-in."""
        foreign = _foreign(request)
        answer: Response = foreign or await call_next(request)  # type: ignore[operator]  # Starlette's own callable
        answer.headers.update(SAFE)
        return answer

    @app.exception_handler(BenchRefused)
    async def say_what_to_do(_: Request, refused: BenchRefused) -> JSONResponse:
        return _error(refused.status, refused.error, refused.field, refused.what_to_do)

    @app.exception_handler(HTTPException)
    async def say_where(_: Request, problem: HTTPException) -> JSONResponse:
        return _error(problem.status_code, str(problem.detail), None, "docs/bench.md lists every call of the bench.")

    return app


def _foreign(request: Request) -> JSONResponse | None:
    if request.url.hostname not in LOCAL_NAMES:
        return _error(403, "The bench is for this machine only.", None, "Open it at 127.0.0.1.")
    origin = request.headers.get("origin")
    if request.method != "GET" and origin is not None and origin != f"http://{request.headers.get('host')}":
        return _error(403, "Another page may not drive the bench.", None, "Use the bench's own page.")
    return None


def _error(status: int, error: str, field: str | None, what_to_do: str) -> JSONResponse:
    return JSONResponse({"error": error, "field": field, "what_to_do": what_to_do}, status_code=status)
