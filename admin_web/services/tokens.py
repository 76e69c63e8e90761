"""API tokens: a role and a secret shown once; they obey the same table as accounts."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.access import Role
from admin_web.database.accounts import ApiToken
from admin_web.errors import NotFound
from admin_web.services import acts, audit
from admin_web.services.actor import Actor
from admin_web.services.occasion import Occasion
from admin_web.services.secrets import hash_secret, new_secret
from admin_web.services.texts import require_name
from broker.messages.central import TokenCreated, TokenEnded
from broker.messages.message import Message


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token at the one moment when its secret can be seen."""

    id: int
    secret: str


def create_token(session: Session, name: str, role: Role, *, occasion: Occasion) -> NewToken:
    """Make a token; its secret is given once and kept as a hash only. Raises Invalid."""
    secret = new_secret()
    token = ApiToken(
        name=require_name(name, "name", at_most=80),
        role=role.value,
        token_hash=hash_secret(secret),
        created_at=occasion.machine_now,
    )
    session.add(token)
    session.flush()
    _changed(session, TokenCreated(), token, occasion)
    return NewToken(token.id, secret)


def end_token(session: Session, token_id: int, *, occasion: Occasion) -> None:
    """End a token now. Raises NotFound."""
    token = session.get(ApiToken, token_id)
    if token is None or token.ended_at is not None:
        raise NotFound("There is no such token now.", what_to_do="Load the page Accounts again.", field="token")
    token.ended_at = occasion.machine_now
    _changed(session, TokenEnded(), token, occasion)


def find_token(session: Session, secret: str) -> Actor | None:
    """Find whose token a bearer header carries; None if it is unknown or has ended."""
    token = session.scalars(
        select(ApiToken).where(ApiToken.token_hash == hash_secret(secret), ApiToken.ended_at.is_(None))
    ).first()
    return None if token is None else Actor.token(token.id, Role(token.role), token.name)


def _changed(session: Session, message: Message, token: ApiToken, occasion: Occasion) -> None:
    audit.record_change(
        session,
        "token",
        actor=occasion.actor,
        machine_now=occasion.machine_now,
        filter={"token": token.id, "what": message.type, "role": token.role},
        why=occasion.why,
    )
    acts.record(session, message, occasion, token=token.id, what=f"{token.name}, {token.role}")
    session.flush()
