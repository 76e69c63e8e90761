"""Who does something: an account, an API token, the console, or central itself."""

from dataclasses import dataclass

from admin_web.access import Role


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, as the audit and central's events name it; made with one of the class methods."""

    id: str
    """`account:<id>`, `token:<id>`, `owner-link`, `console` or `central`."""
    role: Role | None = None
    """None for the console and for central, which obey no table."""
    name: str | None = None

    @classmethod
    def account(cls, number: int, role: Role, name: str) -> "Actor":
        """Name a signed-in account."""
        return cls(f"account:{number}", role, name)

    @classmethod
    def token(cls, number: int, role: Role, name: str) -> "Actor":
        """Name an API token."""
        return cls(f"token:{number}", role, name)

    @property
    def is_token(self) -> bool:
        """Tell a token's looks, which are counted by filter and hour, from a person's."""
        return self.id.startswith("token:")


CONSOLE = Actor("console")
"""Whoever runs phonekeep-admin on the server."""

OWNER_LINK = Actor("owner-link")
"""Whoever opened the one-time link."""

CENTRAL = Actor("central")
"""Central by itself: a new window of days, a raised generation."""
