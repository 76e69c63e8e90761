"""What a staff badge opens, drawn: visitors who wait for its holder, the roll, the own record. In English."""

from kiosk.reception.flow import texts
from kiosk.reception.flow.drawing import Drawing
from kiosk.reception.flow.screen import Button, Row, Screen, Weight


def staff(drawing: Drawing) -> Screen:
    """Hello: what this badge can do here, and who waits for its holder."""
    session = drawing.session
    found, person = session.host, session.staff.person if session.staff is not None else None
    waiting = found.visitors if found is not None else ()
    buttons: list[Button] = []
    if person is not None:
        buttons.append(drawing.button("my_events", texts.MY_EVENTS, icon="log"))
    running = None if found is None else found.roll
    lead = drawing.say(texts.HOST_HERE_LEAD if waiting else texts.STAFF_LEAD)
    if running is None:
        buttons.append(drawing.button("drill", texts.DRILL, icon="evacuate"))
    elif found is not None:
        lead = lead if waiting else drawing.say(texts.ROLL_BEGUN, time=found.roll_since)
        weight: Weight = "second" if running else "stop"
        buttons.append(drawing.button("go_on", texts.GO_ON_ROLL, icon="evacuate", weight=weight))
    if running is not False:  # a drill never stands in the way of an alarm
        buttons.append(drawing.button("roll", texts.ROLL, icon="evacuate", weight="stop"))
    rows = tuple(
        Row(
            one.name,
            drawing.say(texts.SINCE, time=one.since),
            None if one.briefed else drawing.button(f"told:{one.visit}", texts.HOST_TOLD, icon="host-ok"),
            latin=False,
        )
        for one in waiting
    )
    return drawing.page(
        texts.HOST_HERE if rows else texts.STAFF,
        lead=lead,
        rows=rows,
        buttons=tuple(buttons),
        back=drawing.back,
    )


def briefed(drawing: Drawing) -> Screen:
    """Noted."""
    return drawing.page(texts.BRIEFED, note=drawing.say(texts.CLOSES), buttons=(drawing.main("finish", texts.FINISH),))


def roll(drawing: Drawing) -> Screen:
    """The visitors in school, each to be ticked once seen."""
    read = drawing.session.roll
    visitors = read.visitors if read is not None else ()
    is_over = read is not None and read.is_over
    rows = tuple(
        Row(
            one.name,
            " · ".join(
                part
                for part in (
                    "" if one.lanyard is None else drawing.say(texts.ROLL_NUMBER, number=one.lanyard),
                    one.where,
                )
                if part
            ),
            None if one.seen or is_over else drawing.button(f"seen:{one.visit}", texts.ROLL_SEEN, icon="tick"),
            ticked=one.seen,
        )
        for one in visitors
    )
    seen = sum(one.seen for one in visitors)
    count = drawing.say(texts.ROLL_COUNT, seen=seen, all=len(visitors)) if visitors else ""
    return drawing.page(
        texts.ROLL_DRILL if read is not None and read.drill else texts.ROLL_QUESTION,
        lead=f"{count} {drawing.say(texts.ROLL_OVER if is_over else texts.ROLL_LEAD)}".strip(),
        rows=rows,
        note="" if rows else drawing.say(texts.ROLL_EMPTY),
        buttons=(
            drawing.main("finish", texts.FINISH)
            if is_over
            else drawing.button("end_roll", texts.ROLL_END, weight="stop"),
        ),
        back=drawing.back,
    )


def my_events(drawing: Drawing) -> Screen:
    """The holder's own last events."""
    session = drawing.session
    lead = texts.RECORD_LEAD if session.record_whole else texts.RECORD_PART
    return drawing.page(
        texts.MY_EVENTS,
        lead=drawing.say(lead),
        rows=tuple(Row(at, text, latin=False) for at, text in session.record),
        note="" if session.record else drawing.say(texts.RECORD_EMPTY),
        buttons=(drawing.main("finish", texts.FINISH),),
        back=drawing.back,
    )
