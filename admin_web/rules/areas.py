"""Areas of the school, which timetables, permissions and room states are for; every point stands in at most one."""

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_web.database.places import Point
from admin_web.database.timetable import Area


def area_names(session: Session) -> dict[str, str]:
    """Name every area by its id, in the order of names."""
    return dict(session.execute(select(Area.id, Area.name).order_by(func.lower(Area.name), Area.id)).all())


def area_of(session: Session, point: str) -> str | None:
    """Name the area a point stands in; None where it stands in none."""
    return session.scalar(select(Point.area_id).where(Point.id == point))


def points_of_areas(session: Session) -> Mapping[str, list[str]]:
    """List the points that stand in each area."""
    found: dict[str, list[str]] = defaultdict(list)
    for point, area in session.execute(select(Point.id, Point.area_id).order_by(Point.id)):
        if area is not None:
            found[area].append(point)
    return found


def phone_free_areas(session: Session) -> list[str]:
    """Name the areas in which phones are never used, by name (clause 5)."""
    return list(session.scalars(select(Area.name).where(Area.phone_free).order_by(func.lower(Area.name))))
