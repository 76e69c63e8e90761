"""What a staff group owes: where its phones lie, and by when they are declared in (clauses 7 to 10)."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from admin_web.database.base import Base


class GroupRule(Base):
    """The school's choice for a staff group; a group without a row has the default of admin_web.rules.groups."""

    __tablename__ = "group_rule"

    group: Mapped[str] = mapped_column(String(16), primary_key=True)
    storage_duty: Mapped[str] = mapped_column(String(16))
    """`cabinet`, `locker`, `box`, `office` or `none`."""
    expected_by: Mapped[int | None]
    """Minutes of local wall time by which a phone is expected to be declared in; None where no tap is."""
    etag: Mapped[int] = mapped_column(default=1)
