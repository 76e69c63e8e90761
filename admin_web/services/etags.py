"""Editions: a change says which edition it changes (RFC 9110, 8.8.3 and 13.1.1), compared where it is saved."""

from admin_web.errors import ChangedMeanwhile, MatchMissing

ANY = "*"


def etag_of(edition: int) -> str:
    """Write an edition as an ETag field: `"3"`."""
    return f'"{edition}"'


def require_match(if_match: str | None, edition: int | None, what: str) -> None:
    """Compare an If-Match field with the edition that is there; None where nothing is.

    Raises MatchMissing (428) where something exists and nothing was said, ChangedMeanwhile (412) where it differs.
    """
    if if_match is None:
        if edition is not None:
            raise MatchMissing(
                f"{what} can be changed only with If-Match, which says what is changed.",
                what_to_do="Read it first and send its ETag back as If-Match.",
            )
        return
    if edition is None:
        raise ChangedMeanwhile(f"{what} does not exist.", what_to_do="Leave If-Match out to make it.")
    named = {part.strip() for part in if_match.split(",")}
    if not (ANY in named or etag_of(edition) in named):
        raise ChangedMeanwhile(
            f"{what} was changed by somebody else in the meantime.",
            what_to_do="Read it again, make the change in what is there now, and save once more.",
        )
