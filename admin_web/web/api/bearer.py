"""Who calls, and whether the token's role may: the one way into every API route."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from admin_web.access import Act, Page, may, may_see
from admin_web.errors import Forbidden, NotSignedIn
from admin_web.services.actor import Actor
from admin_web.services.tokens import find_token
from admin_web.web.office import office_of

_bearer = HTTPBearer(
    auto_error=False, scheme_name="token", description="A token from the page Accounts or `phonekeep-admin token add`."
)
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


class TokenRequirement:
    """What a call asks of its token: a dependency that gives the token as an actor. Raises NotSignedIn, Forbidden."""

    def __init__(self, what: Page | Act | None) -> None:
        self.what = what

    def __call__(self, request: Request, credentials: Credentials) -> Actor:
        actor = None
        if credentials is not None:
            with office_of(request).database.read() as session:
                actor = find_token(session, credentials.credentials)
        if actor is None or actor.role is None:
            raise NotSignedIn(
                "There is no valid token with this request.",
                what_to_do="Send `Authorization: Bearer <token>`; the page Accounts makes tokens.",
            )
        if isinstance(self.what, Page) and not may_see(actor.role, self.what):
            raise Forbidden("The token's role does not see this.", what_to_do="Use a token with another role.")
        if isinstance(self.what, Act) and not may(actor.role, self.what):
            raise Forbidden("The token's role cannot change this.", what_to_do="Use a token with another role.")
        return actor
