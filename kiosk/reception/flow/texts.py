"""Every English text of the screen; each is a message id of the catalogues (gettext). Short words, short sentences.

`_` marks a text for extraction and gives it back as it is: it is translated when a page is drawn.
"""


def _(text: str) -> str:
    return text


# On every page
BACK = _("Back")
NEXT = _("Next")
MORE = _("More")
FINISH = _("Finish")
ASK_OFFICE = _("Ask at the office")
READ_ALOUD = _("Read aloud")
BIGGER = _("Bigger text")
CONTRAST = _("High contrast")
CHANGE = _("Change")
STEP = _("{step} of {of}")
UNCHECKED = _("A speaker has not checked these words yet.")
CLOSES = _("This page closes by itself.")

# Welcome
WELCOME = _("Welcome")
PLEASE_SIGN_IN = _("Please sign in, so we know you are here.")
PHONES_PLEASE = _("Phones silent and out of sight, please.")
CHOOSE_LANGUAGE = _("Choose your language")
SIGN_IN = _("Sign in")
SIGN_OUT = _("Sign out")
DELIVERY = _("Delivery")

# Badges and the reader
BADGE_UNKNOWN = _("We do not know this badge. Please ask at the office.")
BADGE_NOT_NOW = _("Please finish this first. Then hold the badge here again.")
BADGE_UNREADABLE = _("That is not a badge of the school. Hold up the badge alone.")
READER_BROKEN = _("The badge reader does not work now. You can type your name, or ask at the office.")

# Name
NAME_QUESTION = _("What is your name?")
NAME = _("Your name")
NAME_HINT = _("First name and last name")
NAME_MISSING = _("Please type your name.")
NO_MORE_FITS = _("No more letters fit here.")

# Organisation
FROM_QUESTION = _("Where are you from?")
FROM = _("Where from")
FROM_HINT = _("You can leave this empty.")

# Reason
REASON_QUESTION = _("Why are you here?")
REASON = _("Why you are here")
REASON_MEETING = _("A meeting")
REASON_EVENT = _("A school event")
REASON_COLLECT = _("To pick up or see a child")
REASON_VOLUNTEER = _("To help in school")
REASON_PROFESSIONAL = _("To work with a child")
REASON_CONTRACTOR = _("To fix or build things")
REASON_AGENCY = _("To teach for a day")
REASON_OTHER = _("Something else")

# Host
HOST_QUESTION = _("Who are you here to see?")
HOST_LEAD = _("Choose a room or a job. Or type three letters of a name.")
HOST = _("You are seeing")
HOST_NOBODY = _("A meeting or event")
HEADTEACHER = _("Headteacher")
SENIOR_LEADER = _("Senior leader")
OFFICE = _("Office")
SITE_TEAM = _("Site team")
KITCHEN = _("Kitchen")
TYPE_A_NAME = _("Type a name")
HOST_NAME = _("Their name")
HOST_NAME_HINT = _("Type three letters. Then choose the name.")
HOST_MORE = _("There are more names. Type one more letter.")
HOST_NOT_FOUND = _("We found no such name. Go back and choose a room, or ask at the office.")

# The phone rules
RULES_QUESTION = _("Your phone at our school")
RULES_LEAD = _("This is what we ask of every visitor.")
RULES_PHOTOS = _("You may take photos today. The headteacher has agreed.")
RULES_READ = _("I have read these rules")
RULES_TICK = _("Please tap the box next to the rule first.")
RULES_CHANGED = _("The rules have changed. Please read them again.")
NEED_MY_PHONE = _("I need my phone")

# Will you need your phone?
NEED_QUESTION = _("Will you need your phone?")
NEED_LEAD = _("We do not ask why.")
NEED_HEALTH = _("Yes. For my health or to communicate")
NEED_NO = _("No")
NEED_OTHER = _("Yes. For something else")
NEED_TELEPHONE = _("People can ring you at the school: {telephone}.")
NEED_CALLED = _("We have told the office.")
NEED_CALLED_LEAD = _("Somebody will talk to you about your phone. You can go on.")

# Check
CHECK_QUESTION = _("Is this right?")
CHECK_NOTE = _("We keep this to know who is in school. Nobody else can see it on this screen.")
PHONE = _("Your phone")
PHONE_NOT_NEEDED = _("Rules read. I do not need it here.")
PHONE_NEEDED = _("Rules read. I need it for my health or to communicate.")
PHONE_NEEDED_OTHER = _("Rules read. I need it. The office will talk to me.")
OFFICE_KNOWS = _("The office knows")
NOT_SAID = _("Not said")
SAVING = _("One moment")

# Papers at the office
PAPERS_QUESTION = _("Please show your papers at the office")
PAPERS_LEAD = _("The office ticks what it has seen. You can go on.")
PAPERS_LOCKED = _("Staff: hold your badge here to tick.")
TICK_ID = _("ID seen")
TICK_LETTER = _("Letter seen")
TICK_ESCORTED = _("Stays with staff")

# Done
DONE = _("You are signed in")
DONE_LANYARD = _("Please take lanyard {number}. It has a {colour} ribbon.")
DONE_NO_LANYARD = _("Please ask at the office for a lanyard.")
DONE_HOST = _("We have told {host}. Please wait.")
DONE_OFFICE = _("We have told the office. Please wait.")
DONE_LEAVING = _("When you leave, hold the lanyard here. Or type your name and {number}.")
DONE_LEAVING_BADGE = _("When you leave, hold your badge here.")
DONE_LEAVING_OFFICE = _("When you leave, please tell the office.")
VISITOR = _("Visitor")

GREEN = _("green")
BLUE = _("blue")
RED = _("red")
YELLOW = _("yellow")
PURPLE = _("purple")
ORANGE = _("orange")
BLACK = _("black")
WHITE = _("white")

# Sign out
SIGN_OUT_LEAD = _("Hold your lanyard here. Or type your name.")
NUMBER_QUESTION = _("What number is on your lanyard?")
NUMBER = _("The number")
NUMBER_HINT = _("If you have none, ask at the office.")
NUMBER_MISSING = _("Please type the number on your lanyard.")
SIGNED_OUT = _("Thank you. You are signed out.")
SIGNED_OUT_LEAD = _("Please leave the lanyard here.")
TELL_OFFICE = _("Please tell the office that you are leaving.")
TELL_OFFICE_LEAD = _("We have rung the office for you.")

# Delivery
DELIVERY_QUESTION = _("A delivery")
DELIVERY_LEAD = _("We ring the office. You do not need to sign in.")
COMPANY = _("Who brings it")
RING_OFFICE = _("Ring the office")

# The office is rung
HELP_RUNG = _("We have rung the office.")
HELP_WAIT = _("Somebody will come. Please wait here.")
HELP_COMING = _("The office is coming to you.")
HELP_UNANSWERED = _("Nobody has come yet. We ring again. You can also ring {telephone}.")
HELP_UNANSWERED_BARE = _("Nobody has come yet. We ring again.")

# More time
MORE_TIME_QUESTION = _("Do you need more time?")
MORE_TIME_LEAD = _("In {seconds} seconds this screen starts again. What you typed will be wiped.")
MORE_TIME = _("Yes, more time")
START_AGAIN = _("No, start again")

# Staff
STAFF = _("Hello")
STAFF_LEAD = _("What would you like to do?")
MY_EVENTS = _("My last 10 events")
ROLL = _("Who is here: fire or alarm")
DRILL = _("Who is here: fire drill")
GO_ON_ROLL = _("Go on with the roll")
HOST_HERE = _("A visitor is here for you")
HOST_HERE_LEAD = _("Have you told them the phone rules?")
HOST_TOLD = _("I have told them")
HOST_TOLD_ALREADY = _("Told")
SINCE = _("since {time}")
BRIEFED = _("Thank you. We have noted it.")

# The roll
ROLL_QUESTION = _("Visitors in school")
ROLL_DRILL = _("Drill: visitors in school")
ROLL_LEAD = _("This lists visitors only. Staff are not on it.")
ROLL_BEGUN = _("A roll-call began at {time}.")
ROLL_COUNT = _("{seen} of {all} seen.")
ROLL_OVER = _("This roll-call is over. Thank you.")
ROLL_EMPTY = _("No visitor is signed in.")
ROLL_SEEN = _("Seen")
ROLL_NUMBER = _("Lanyard {number}")
ROLL_END = _("End the roll")

# Own record
RECORD_LEAD = _("Only you see this. It is wiped when you go.")
RECORD_EMPTY = _("Nothing is noted for you.")
RECORD_VISIT = _("{name} came to see you.")
RECORD_PART = _("This is what this screen knows. The rest is in the web view.")

# Closed
CLOSED = _("Please go to the office")
CLOSED_LEAD = _("This screen cannot sign you in now. The office does it for you.")
NOT_SAVED = _("We could not keep what you typed. Nothing of it is left here.")

COLOURS = {
    "green": GREEN,
    "blue": BLUE,
    "red": RED,
    "yellow": YELLOW,
    "purple": PURPLE,
    "orange": ORANGE,
    "black": BLACK,
    "white": WHITE,
}

JOBS = {
    "headteacher": HEADTEACHER,
    "slt": SENIOR_LEADER,
    "office": OFFICE,
    "site_team": SITE_TEAM,
    "site": SITE_TEAM,
    "catering": KITCHEN,
    "kitchen": KITCHEN,
}
"""The ids of jobs that this version has words for; any other is called as central calls it."""


def every_text() -> tuple[str, ...]:
    """Every message id, in the order in which they stand here."""
    return tuple(value for name, value in globals().items() if name.isupper() and isinstance(value, str))
