"""Reviews of exceptions: added, never changed and never deleted; a trigger in the database sees to it (clause 18)."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from admin_web.database.base import Base, BigKey, UtcTime


class ExceptionReview(Base):
    """What somebody found when they looked at an exception: a code. A second review stands beside the first."""

    __tablename__ = "exception_review"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    exception_id: Mapped[int] = mapped_column(ForeignKey("exception.id"), index=True)
    code: Mapped[str] = mapped_column(String(24))
    """One of admin_web.services.reviews.CODES; notes belong in the personnel file."""
    reviewed_by: Mapped[str] = mapped_column(String(140))
    """`account:<id>`, or `token:<id>` of a program."""
    reviewed_at: Mapped[datetime] = mapped_column(UtcTime)
    """School time."""
