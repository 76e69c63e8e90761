"""The clauses of the school's policy, Appendix 1, as data: every decision cites one by its id.

Another school's wording replaces `CLAUSES`; the ids are what events and documents hold.
"""

from dataclasses import dataclass

from policy.decision import Reason
from policy.rules import PermissionKind, PointKind


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause: a title for screens and the school's own words."""

    id: str
    title: str
    words: str


_TEXTS = (
    (
        "Phones at own risk",
        "Mobile phones brought into school are entirely at the staff member, parent's or visitors own risk. The school "
        "accepts no responsibility for the loss, theft or damage of any mobile phone.",
    ),
    (
        "Search",
        "The school reserves the right to search the content of any mobile phone on the school premises where there is "
        "reasonable suspicion that it may contain undesirable material, including those which promote pornography, "
        "violence or bullying. Staff mobiles may be searched at any time as part of routine monitoring.",
    ),
    (
        "Images and sound",
        "The recording, taking and sharing of images, video and audio on any mobile phone is prohibited; except where "
        "it has been explicitly agreed otherwise by the headteacher.",
    ),
    (
        "Open to scrutiny",
        "All mobile phone use is to be open to scrutiny and the headteacher is to be able to withdraw or restrict "
        "authorisation for use at anytime if it is to be deemed necessary.",
    ),
    ("Phone-free areas", "Mobile phones are not permitted to be used in certain areas within the school premises."),
    (
        "Where children are present",
        "Mobile phones are not to be accessed where there are children present or in the same area.",
    ),
    (
        "Classroom cabinets",
        "All mobile phones belonging to classroom based staff must be secured in the high, locked cabinets provided in "
        "classrooms. Mobile phones can not be stored in classroom drawers or in pockets for example. They must be 'out "
        "of sight' and not accessible to children at all times.",
    ),
    ("Offices", "All mobile phones belonging to non-classroom based staff must be stored appropriately in offices."),
    ("Catering lockers", "All mobile phones belonging to Catering Staff must be stored in lockers."),
    ("Cleaning cupboards", "All mobile phones belonging to Cleaning Staff must be stored in cleaning cupboards."),
    (
        "School break times",
        "Staff members may use their phones during school break times in certain areas where children are not present.",
    ),
    (
        "Lessons and formal school time",
        "Mobile phones will not be used in any way during lessons or formal school time, this includes during "
        "breakfast / after school club and curriculum clubs.",
    ),
    (
        "Silent and out of reach",
        "They should be switched off or silent at all times. Bluetooth communication should be 'hidden' or switched "
        "off.",
    ),
    (
        "School phones for contact",
        "Staff are not permitted to use their own mobile phones for contacting pupils, parents/carers or their "
        "families within or outside of the setting in a professional capacity. Staff will be issued with a school "
        "phone where contact with pupils, parents or carers is required.",
    ),
    (
        "Off-site visits",
        "Staff have permission from the Headteacher, whilst on educational off-site visits to bring their own mobile "
        "phones on trips to be used strictly for communication with the school or for emergency situations.",
    ),
    (
        "Permission in an emergency",
        "They will not be used during teaching periods unless permission has been granted by a member of the senior "
        "leadership team in emergency circumstances.",
    ),
    (
        "Pupils and phones",
        "Staff must not use their personal mobile phone to take photos or videos of pupils and will only use "
        "work-provided equipment for this purpose. Staff must not show children their phones, for example a photo or "
        "video.",
    ),
    (
        "Breach of the policy",
        "If a member of staff breaches the school policy then disciplinary action may be taken.",
    ),
    (
        "Own device in an emergency",
        "In an emergency where a staff member doesn't have access to a school owned device, they should use their own "
        "device and hide their own mobile number for confidentiality purposes.",
    ),
    (
        "Site team",
        "Where members of the Site Management Team require the use of mobile phones on site, for example, to evidence "
        "defects or to support lone working, this is with specific prior agreement from the Headteacher.",
    ),
    (
        "Visitors",
        "Exactly the same safety expectations are required for all visitors. Expectations must be communicated and "
        "managed by the member of staff who has arranged for the visitor to attend school.",
    ),
    ("Visitors' phones", "All visitors are requested to keep their phones on silent and out of sight."),
    (
        "The school's telephone",
        "Where parents or pupils need to contact each other during the school day, they should do so through the "
        "school's telephone.",
    ),
    (
        "Pupils' phones",
        "If a pupil brings a mobile phone to school then the phone will be confiscated and will be held securely in "
        "the school office. Mobile phones will be released to parents or carers in accordance with the school policy.",
    ),
    ("Read and understood", "staff confirm that they have read and understood this policy"),
    (
        "Images of pupils",
        "consent is sought from parents/carers for use of images and videos involving their child as part of enrolment "
        "when their son/daughter joins the school",
    ),
)

CLAUSES = {str(number): Clause(str(number), *text) for number, text in enumerate(_TEXTS, start=1)}
"""Clause by id, "1" to "26"."""

STORED_IN = {PointKind.ONE_DOOR: "7", PointKind.BANK: "9", PointKind.BOX: "10"}
"""Where phones are kept, by what stands there: a reason about the place cites this."""

BY_REASON = {
    Reason.EMERGENCY: "19",
    Reason.TAKEN_AFTER_END: "1",
    Reason.CLOCK_UNTRUSTED: "12",
    Reason.RULES_STALE: "12",
    Reason.LEAVING: "12",
    Reason.PERMISSION: "15",
    Reason.BREAK: "11",
    Reason.OUTSIDE_FORMAL_TIME: "12",
    Reason.APPROVAL: "16",
    Reason.OPENED_FOR: "1",
    Reason.RESTRICTED: "12",
    Reason.CHILDREN_PRESENT: "6",
    Reason.WITHDRAWN: "4",
}
"""The clause of a reason about time or a person's right; every other reason is about the place."""

BY_PERMISSION = {PermissionKind.TRIP: "15", PermissionKind.SITE_TEAM: "20", PermissionKind.ADJUSTMENT: "4"}
"""The clause that a permission rests on; an agreed adjustment is the headteacher's authorisation itself."""


def clause_of(reason: Reason, kind: PointKind, permission: PermissionKind | None = None) -> str:
    """Name the clause that a decision with this reason rests on at such a point, or by such a permission."""
    if permission is not None:
        return BY_PERMISSION[permission]
    return BY_REASON.get(reason) or STORED_IN[kind]
