"""The first page, signing out, deliveries, and the pages on which the office is rung, drawn."""

from dataclasses import replace

from kiosk.reception.flow import texts
from kiosk.reception.flow.drawing import Drawing
from kiosk.reception.flow.screen import Choice, Line, Page, Screen
from kiosk.reception.language import LANGUAGES


def welcome(drawing: Drawing) -> Screen:
    """Languages, sign in, sign out, delivery; bigger text, high contrast, read aloud, help."""
    session, content = drawing.session, drawing.content
    message = None if drawing.reader_works else texts.READER_BROKEN
    message = session.error or message
    return drawing.page(
        texts.WELCOME,
        spoken=(texts.PLEASE_SIGN_IN, texts.PHONES_PLEASE),
        site="" if content is None else content.name,
        lead=drawing.say(texts.PLEASE_SIGN_IN),
        note=drawing.say(texts.PHONES_PLEASE),
        error=None if message is None else drawing.say(message),
        lines=(Line(drawing.say(texts.CHOOSE_LANGUAGE), "language"),),
        choices=tuple(
            Choice(f"language:{one.code}", one.name, one.code == session.language, language=one.code)
            for one in LANGUAGES
        ),
        buttons=(
            drawing.button("sign_out", texts.SIGN_OUT, icon="sign-out"),
            drawing.button("delivery", texts.DELIVERY, icon="delivery"),
            drawing.button("bigger", texts.BIGGER, weight="link", icon="bigger", selected=session.bigger),
            drawing.button("contrast", texts.CONTRAST, weight="link", icon="eye", selected=session.contrast == "high"),
            drawing.button("help", texts.ASK_OFFICE, weight="link", icon="bell"),
            drawing.main("sign_in", texts.SIGN_IN, "sign-in"),
        ),
    )


def sign_out(drawing: Drawing) -> Screen:
    """Hold your lanyard here, or type your name. Nothing is shown of who is here."""
    return drawing.page(
        texts.SIGN_OUT,
        spoken=(texts.SIGN_OUT_LEAD,),
        lead=drawing.say(texts.SIGN_OUT_LEAD if drawing.reader_works else texts.READER_BROKEN),
        field=drawing.field(texts.NAME, drawing.draft.name, hint=texts.NAME_HINT),
        buttons=(drawing.main("next", texts.NEXT, "forward"),),
        back=drawing.back,
    )


def sign_out_lanyard(drawing: Drawing) -> Screen:
    """The number on the lanyard: only together with the name does it say whose visit is over."""
    return drawing.page(
        texts.NUMBER_QUESTION,
        spoken=(texts.NUMBER_HINT,),
        field=drawing.field(texts.NUMBER, drawing.draft.number, hint=texts.NUMBER_HINT, keyboard="digits"),
        buttons=(drawing.main("sign_out_now", texts.SIGN_OUT, "sign-out"),),
        back=drawing.back,
    )


def signed_out(drawing: Drawing) -> Screen:
    """Thank you."""
    return drawing.page(
        texts.SIGNED_OUT,
        lead=drawing.say(texts.SIGNED_OUT_LEAD),
        note=drawing.say(texts.CLOSES),
        buttons=(drawing.main("finish", texts.FINISH),),
    )


def tell_office(drawing: Drawing) -> Screen:
    """The same words whoever is here, and whoever is not."""
    return drawing.page(
        texts.TELL_OFFICE,
        lead=drawing.say(texts.TELL_OFFICE_LEAD),
        lines=ring_lines(drawing),
        buttons=(drawing.main("finish", texts.FINISH),),
    )


def delivery(drawing: Drawing) -> Screen:
    """A parcel: nobody signs in, the office is rung; over the line stands what belongs on it."""
    hint = f"{drawing.say(texts.COMPANY)} · {drawing.say(texts.FROM_HINT)}"
    return drawing.page(
        texts.DELIVERY_QUESTION,
        spoken=(texts.DELIVERY_LEAD,),
        lead=drawing.say(texts.DELIVERY_LEAD),
        field=replace(drawing.field(texts.COMPANY, drawing.draft.company), hint=hint),
        buttons=(drawing.main("ring_delivery", texts.RING_OFFICE, "bell"),),
        back=drawing.back,
    )


def delivery_done(drawing: Drawing) -> Screen:
    """The office is rung about a parcel."""
    return drawing.page(texts.HELP_RUNG, lines=ring_lines(drawing), buttons=(drawing.main("finish", texts.FINISH),))


def help_page(drawing: Drawing) -> Screen:
    """The office is rung; Back goes on where the visitor was."""
    return drawing.page(texts.HELP_RUNG, lines=ring_lines(drawing), back=drawing.back)


def phone_call(drawing: Drawing) -> Screen:
    """The phone is needed for another reason: the office is rung, the sign-in goes on."""
    return drawing.page(
        texts.NEED_CALLED,
        lead=drawing.say(texts.NEED_CALLED_LEAD),
        lines=ring_lines(drawing, waits=False),
        buttons=(drawing.main("next", texts.NEXT, "forward"),),
        back=drawing.back,
    )


def closed(drawing: Drawing) -> Screen:
    """Nobody can be signed in here now."""
    return drawing.page(texts.CLOSED, lead=drawing.say(texts.CLOSED_LEAD))


def ring_lines(drawing: Drawing, *, waits: bool = True) -> tuple[Line, ...]:
    """How it stands with the ring: rung, answered, or unanswered for 60 s, with the school's telephone.

    Who does not wait for it goes on meanwhile, and reads the telephone at once.
    """
    ring, telephone = drawing.ring, drawing.telephone

    def line(icon: str, message: str, **values: str) -> tuple[Line, ...]:
        return (Line(drawing.say(message, **values), icon, drawing.english(message, **values)),)

    if ring is not None and ring.answered:
        return line("people", texts.HELP_COMING)
    if ring is not None and ring.senior:
        if not telephone:
            return line("bell", texts.HELP_UNANSWERED_BARE)
        return line("telephone", texts.HELP_UNANSWERED, telephone=telephone)
    if waits:
        return line("bell", texts.HELP_WAIT)
    return line("telephone", texts.NEED_TELEPHONE, telephone=telephone) if telephone else ()


def more_time(drawing: Drawing, behind: Screen, seconds: int, of: int) -> Screen:
    """Do you need more time? Over the page that waits."""
    return replace(
        behind,
        page=Page.MORE_TIME,
        heading=drawing.say(texts.MORE_TIME_QUESTION),
        heading_english=drawing.english(texts.MORE_TIME_QUESTION),
        lead=drawing.say(texts.MORE_TIME_LEAD, seconds=seconds),
        lines=(),
        rows=(),
        field=None,
        choices=(),
        note="",
        note_english=None,
        error=None,
        buttons=(
            drawing.button("start_again", texts.START_AGAIN),
            drawing.main("more_time", texts.MORE_TIME),
        ),
        back=None,
        aloud=None,
        progress=None,
        part=None,
        countdown_s=seconds,
        countdown_of_s=of,
        speak=None,
        behind=behind,
    )
