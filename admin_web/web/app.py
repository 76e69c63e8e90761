"""The application: which routes there are, and the layers around them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import APIRouter, FastAPI
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

from admin_web.web import answers, live
from admin_web.web.api.routes import ROUTERS as API
from admin_web.web.headers import Guarded
from admin_web.web.office import Office
from admin_web.web.pages import STATIC
from admin_web.web.tasks import run_while
from admin_web.web.views import (
    access_log,
    accounts,
    acknowledgements,
    approvals,
    badges,
    bell,
    cabinets,
    confiscated,
    days,
    exceptions,
    expected,
    for_somebody,
    groups,
    hours,
    lost_badge,
    my_visitors,
    new_year,
    on_site,
    own_record,
    people,
    permissions,
    phone_checks,
    policy_text,
    reception,
    restricted,
    restrictions,
    roll,
    room_states,
    school_phones,
    settings,
    sign_in,
    timetable_days,
    timetable_places,
    timetable_versions,
    timetable_week,
    timetable_year,
    today,
    trips,
    visit_at_office,
    visitor_rules,
    what_if,
)

PUBLIC: tuple[APIRouter, ...] = (sign_in.public,)
"""Routes that ask nobody who they are."""

PRIVATE: tuple[APIRouter, ...] = (
    sign_in.router,
    live.router,
    bell.router,
    today.router,
    access_log.router,
    on_site.router,
    visit_at_office.router,
    roll.router,
    reception.router,
    expected.router,
    visitor_rules.router,
    my_visitors.router,
    exceptions.router,
    cabinets.router,
    groups.router,  # before people, whose /people/{handle} would take the address
    new_year.router,
    people.router,
    days.router,
    permissions.router,
    trips.router,
    restrictions.router,
    room_states.router,
    approvals.router,
    for_somebody.router,
    badges.router,
    lost_badge.router,
    timetable_week.router,
    timetable_year.router,
    timetable_days.router,
    timetable_places.router,
    timetable_versions.router,
    restricted.router,
    what_if.router,
    hours.router,
    accounts.router,
    settings.router,
    own_record.router,
    school_phones.router,
    confiscated.router,
    policy_text.router,
    acknowledgements.router,
    phone_checks.router,
)


class _KeptFiles(StaticFiles):
    """Static files whose address carries a mark of their content: a browser may keep them for a year."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        if answer.status_code == 200:
            answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return answer


def make_app(office: Office) -> FastAPI:
    """Put the routes together; `Guarded` still has to be put around them (see `make_guarded_app`)."""

    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[None]:
        changes = app.state.office.changes
        async with run_while(changes.run()):
            yield
            await changes.close()

    app = FastAPI(title="Phonekeep", lifespan=running, openapi_url=None, docs_url=None, redoc_url=None)
    app.state.office = office
    for router in (*PUBLIC, *PRIVATE):
        app.include_router(router, include_in_schema=False)
    for router in API:
        app.include_router(router)
    app.mount(STATIC, _KeptFiles(directory=Path(__file__).parent / "static"), name="static")
    answers.install(app)
    return app


def make_guarded_app(office: Office, *, tls: bool) -> ASGIApp:
    """The application as it is served."""
    return Guarded(make_app(office), tls=tls)
