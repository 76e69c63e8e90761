"""The pages of a sign-in, drawn: from the name to the lanyard."""

from dataclasses import replace

from kiosk.reception.flow import texts
from kiosk.reception.flow.drawing import Drawing, photos_agreed
from kiosk.reception.flow.reasons import REASONS, SEEN_AT_OFFICE, words_of_reason
from kiosk.reception.flow.screen import Choice, Line, Page, Row, Screen

ICONS = {
    "silent": "silent",
    "hidden": "hidden",
    "children": "children",
    "images": "camera-off",
    "places": "no-phone",
    "own_risk": "own-risk",
}
PHONES = {"no": texts.PHONE_NOT_NEEDED, "health": texts.PHONE_NEEDED, "other": texts.PHONE_NEEDED_OTHER}
SEARCH = "search"
"""The line that stands under the others: the school may look, the headteacher may stop it."""


def name(drawing: Drawing) -> Screen:
    """What is your name?"""
    return drawing.page(
        texts.NAME_QUESTION,
        spoken=(texts.NAME_HINT,),
        field=drawing.field(texts.NAME, drawing.draft.name, hint=texts.NAME_HINT),
        buttons=(drawing.main("next", texts.NEXT, "forward"),),
        back=drawing.back,
    )


def organisation(drawing: Drawing) -> Screen:
    """Where are you from?"""
    return drawing.page(
        texts.FROM_QUESTION,
        spoken=(texts.FROM_HINT,),
        field=drawing.field(texts.FROM, drawing.draft.organisation, hint=texts.FROM_HINT),
        buttons=(drawing.main("next", texts.NEXT, "forward"),),
        back=drawing.back,
    )


def reason(drawing: Drawing) -> Screen:
    """Why are you here?"""
    choices = tuple(
        Choice(f"reason:{one.code}", drawing.say(one.text), one.code == drawing.draft.reason, one.icon)
        for one in REASONS
    )
    spoken = tuple(one.text for one in REASONS)
    return drawing.page(texts.REASON_QUESTION, spoken=spoken, choices=choices, back=drawing.back)


def host(drawing: Drawing) -> Screen:
    """Who are you here to see? Roles and rooms."""
    content, seeing = drawing.content, drawing.draft.seeing
    choices: list[Choice] = []
    if content is not None:
        choices += [
            Choice(f"role:{one.id}", drawing.job(one), seeing is not None and seeing.role == one.id)
            for one in content.roles
        ]
        choices += [
            Choice(f"room:{one.id}", drawing.place(one), seeing is not None and seeing.room == one.id)
            for one in content.rooms
        ]
    nobody = seeing is not None and (seeing.person, seeing.role, seeing.room) == (None, None, None)
    choices.append(Choice("nobody", drawing.say(texts.HOST_NOBODY), nobody))
    return drawing.page(
        texts.HOST_QUESTION,
        spoken=(texts.HOST_LEAD,),
        lead=drawing.say(texts.HOST_LEAD),
        choices=tuple(choices),
        buttons=(drawing.button("type_name", texts.TYPE_A_NAME, icon="search"),),
        back=drawing.back,
    )


def host_name(drawing: Drawing) -> Screen:
    """Who are you here to see? By three letters; names only."""
    letters = drawing.draft.letters
    found, more = drawing.content.named(letters) if drawing.content is not None else ((), False)
    enough = sum(letter.isalpha() for letter in letters) >= 3
    field = drawing.field(texts.HOST_NAME, letters, hint=texts.HOST_NAME_HINT)
    if more:
        field = replace(field, hint=drawing.say(texts.HOST_MORE))
    if enough and not found:
        field = replace(field, error=drawing.say(texts.HOST_NOT_FOUND))
    return drawing.page(
        texts.HOST_QUESTION,
        spoken=(texts.HOST_NAME_HINT,),
        field=field,
        choices=tuple(Choice(f"person:{one.person}", one.name) for one in found),
        back=drawing.back,
    )


def phone_rules(drawing: Drawing) -> Screen:
    """Your phone at our school: every rule a line, with what may follow told before it is confirmed."""
    lines, english, checked = drawing.rules()
    agreed = photos_agreed(drawing.content, drawing.draft)
    shown: list[Line] = []
    note, note_english = "", None
    spoken: list[str] = [texts.RULES_LEAD]
    for line in lines:
        beside = None if checked else english.get(line.id)
        text, icon = line.text, ICONS.get(line.id, "tick")
        said = english.get(line.id, "")
        if line.id == "images" and agreed:
            text, icon, said = drawing.say(texts.RULES_PHOTOS), "permission", texts.RULES_PHOTOS
            beside = drawing.english(texts.RULES_PHOTOS)
        if said:
            spoken.append(said)
        beside = None if beside == text else beside
        if line.id == SEARCH:
            note, note_english = text, beside
            continue
        shown.append(Line(text, icon, beside, line.id in drawing.draft.ticks if line.tick else None, f"tick:{line.id}"))
    version = "" if drawing.content is None else f"-{drawing.content.hash[:16]}{'-photos' if agreed else ''}"
    return drawing.page(
        texts.RULES_QUESTION,
        spoken=spoken,
        clip=version,
        lead=drawing.say(texts.RULES_LEAD),
        lines=tuple(shown),
        note=note,
        note_english=note_english,
        unchecked=None if checked else drawing.say(texts.UNCHECKED),
        buttons=(
            drawing.button("need_phone", texts.NEED_MY_PHONE),
            drawing.main("read", texts.RULES_READ, "tick"),
        ),
        back=drawing.back,
    )


def need_phone(drawing: Drawing) -> Screen:
    """Will you need your phone? For health or to communicate goes on at once, and no reason is kept (clause 22).

    The school's telephone stands beside it: who can be reached there may not need their own (clause 23).
    """
    needs, telephone, lead = drawing.draft.needs, drawing.telephone, drawing.say(texts.NEED_LEAD)
    if telephone:
        # In the lead, it leaves room for all three answers on one part of the smallest panel.
        lead = f"{lead} {drawing.say(texts.NEED_TELEPHONE, telephone=telephone)}"
    return drawing.page(
        texts.NEED_QUESTION,
        spoken=(texts.NEED_LEAD, texts.NEED_HEALTH, texts.NEED_NO, texts.NEED_OTHER),
        lead=lead,
        choices=(
            Choice("need:health", drawing.say(texts.NEED_HEALTH), needs == "health", "phone-in"),
            Choice("need:no", drawing.say(texts.NEED_NO), needs == "no", "pocket"),
            Choice("need:other", drawing.say(texts.NEED_OTHER), needs == "other", "bell"),
        ),
        back=drawing.back,
    )


def papers(drawing: Drawing) -> Screen:
    """Contractors and agency staff: what reception has seen. Locked until a badge of the staff is held here."""
    unlocked = drawing.session.staff is not None
    lines = tuple(
        Line(drawing.say(text), None, drawing.english(text), code in drawing.draft.papers, f"paper:{code}")
        for code, text in SEEN_AT_OFFICE
    )
    return drawing.page(
        texts.PAPERS_QUESTION,
        spoken=(texts.PAPERS_LEAD,),
        lead=drawing.say(texts.PAPERS_LEAD),
        lines=lines,
        note="" if unlocked else drawing.say(texts.PAPERS_LOCKED if drawing.reader_works else texts.READER_BROKEN),
        buttons=(drawing.main("next", texts.NEXT, "forward"),),
        back=drawing.back,
    )


def check(drawing: Drawing) -> Screen:
    """Is this right?"""
    draft = drawing.draft
    # Who typed a name that is expected reads nothing here that the office wrote of it: anybody could type a name.
    hidden = frozenset() if draft.badge is not None else draft.known
    reason_text = drawing.say(words_of_reason(draft.reason)) if draft.reason is not None else ""
    if Page.REASON in hidden:
        reason_text = drawing.say(texts.OFFICE_KNOWS)
    organisation = draft.organisation if Page.ORGANISATION not in hidden else ""
    where_from = organisation or drawing.say(texts.NOT_SAID if Page.ORGANISATION not in hidden else texts.OFFICE_KNOWS)
    seeing, named = drawing.seeing(draft.seeing), drawing.is_latin(draft.seeing)
    if Page.HOST in hidden:
        seeing, named = drawing.say(texts.OFFICE_KNOWS), False
    phone = drawing.say(PHONES.get(draft.needs or "no", texts.PHONE_NOT_NEEDED))

    def row(label: str, value: str, what: str, latin: bool) -> Row:
        change = drawing.button(f"change:{what}", texts.CHANGE, weight="link", icon="edit")
        return Row(drawing.say(label), value, None if draft.badge and what == "name" else change, latin=latin)

    return drawing.page(
        texts.CHECK_QUESTION,
        rows=(
            row(texts.NAME, draft.name, "name", True),
            row(texts.FROM, where_from, "organisation", bool(organisation)),
            row(texts.REASON, reason_text, "reason", False),
            row(texts.HOST, seeing, "host", named),
            row(texts.PHONE, phone, "phone", False),
        ),
        note=drawing.say(texts.CHECK_NOTE),
        buttons=(drawing.main("sign_in", texts.SIGN_IN, "tick"),),
        back=drawing.back,
    )


def saving(drawing: Drawing) -> Screen:
    """One moment."""
    return drawing.page(texts.SAVING)


def done(drawing: Drawing) -> Screen:
    """You are signed in: the lanyard, who was told, how to leave."""
    lanyard, draft = drawing.session.lanyard, drawing.draft
    lines: list[Line] = []

    def line(icon: str, message: str, **values: str) -> None:
        lines.append(Line(drawing.say(message, **values), icon, drawing.english(message, **values)))

    if lanyard is not None:
        number, colour = lanyard.number, english_ribbon(lanyard.colour)
        text = drawing.say(texts.DONE_LANYARD, number=number, colour=lanyard.ribbon)
        lines.append(Line(text, "lanyard", drawing.english(texts.DONE_LANYARD, number=number, colour=colour)))
    elif draft.badge is None:
        line("lanyard", texts.DONE_NO_LANYARD)
    if draft.seeing is not None and any((draft.seeing.person, draft.seeing.role, draft.seeing.room)):
        told = drawing.say(texts.DONE_HOST, host=drawing.seeing(draft.seeing))
        beside = drawing.english(texts.DONE_HOST, host=drawing.seeing(draft.seeing, english=True))
        lines.append(Line(told, "host-wait", beside))
    else:
        line("host-wait", texts.DONE_OFFICE)
    if lanyard is not None:
        line("sign-out", texts.DONE_LEAVING, number=lanyard.number)
    else:
        line("sign-out", texts.DONE_LEAVING_BADGE if draft.badge is not None else texts.DONE_LEAVING_OFFICE)
    return drawing.page(
        texts.DONE,
        lines=tuple(lines),
        lanyard=lanyard,
        note=drawing.say(texts.CLOSES),
        buttons=(drawing.main("finish", texts.FINISH),),
    )


def english_ribbon(colour: str) -> str:
    """The message id of a ribbon's colour; a colour that this version does not know is said as it came."""
    return texts.COLOURS.get(colour, colour)
