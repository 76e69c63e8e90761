"""All tables in one place: importing this file is what makes the metadata complete."""

from admin_web.database import accounts, events, people, places, publishing, restricted
from admin_web.database.base import Base

TABLE_FILES = (places, people, restricted, events, publishing, accounts)

METADATA = Base.metadata
