"""Keeps a failing event handler from ending the only thread that all pins' events come through."""

import logging
from collections.abc import Callable
from typing import Any

log = logging.getLogger(__name__)


def contained(handler: Callable[..., Any], *arguments: Any) -> None:
    """Call a handler; an exception is logged and goes no further."""
    try:
        handler(*arguments)
    except Exception:
        log.exception("an event handler of a pin failed; later events go on")


def attempted(step: Callable[..., Any], *arguments: Any) -> None:
    """Take a step of closing; what fails is said in a line and keeps no later step from being taken."""
    try:
        step(*arguments)
    except Exception as fault:
        log.warning("while closing: %s", fault)
