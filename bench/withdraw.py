"""The headteacher's Withdraw leaves the browser -> all 12 demo cabinets have applied it and decide by it."""

from datetime import datetime
from functools import partial

from playwright.sync_api import Page

from bench.browser import headteacher
from bench.figure import Figure, spread
from demo.driver import Json, School, call, start_temporary, wait_until

CABINETS, TIMES, CHECKED = 12, 100, 5
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def applied_by_all(school: School, after: str | None) -> dict[str, str]:
    """When each cabinet applied the rules that came after a cursor; empty until all have."""
    applied = {event["point"]: event["time"] for event in school.events(after, kind="rules.applied")}
    return applied if len(applied) == CABINETS else {}


def post(page: Page, school: School, path: str, body: Json | None, etag: str | None) -> tuple[float, Json]:
    """Send a POST from the browser; when it left, and what came back."""
    left, answer, mark = page.evaluate(
        """async ([url, token, etag, body]) => {
          const left = performance.timeOrigin + performance.now();
          const headers = {Authorization: `Bearer ${token}`, "Content-Type": "application/json"};
          if (etag) headers["If-Match"] = etag;
          const answer = await fetch(url, {method: "POST", headers, body: body ? JSON.stringify(body) : null});
          if (!answer.ok) throw new Error(await answer.text());
          return [left, await answer.json(), answer.headers.get("ETag")];
        }""",
        [f"/api/v1/{path}", school.ready["api_token"], etag, body],
    )
    return float(left), {**answer, "etag": mark}


def allow_a_break_all_day(school: School, person: str) -> None:
    """Make a break of the whole day at `robins`, in somebody's working hours: what Withdraw then takes away."""
    blocks = [
        {
            "weekday": day,
            "from": "00:00",
            "until": "24:00",
            "name": "Bench",
            "breaks": [{"from": "00:00", "until": "24:00"}],
        }
        for day in WEEKDAYS
    ]
    school.put("points/robins/restricted", {"blocks": blocks})
    kept = school.api(f"people/{person}")
    school.put(
        f"people/{person}", {**kept, "working_hours": {day: [{"from": "00:00", "until": "23:00"}] for day in WEEKDAYS}}
    )


def decided(school: School, uid: str, reason: str) -> None:
    """The next tap must be decided by what was just applied."""
    list(school.events())
    cursor = school.cursor
    school.tap("robins", uid, "take_out")
    tap = wait_until(lambda: list(school.events(cursor, kind="tap", point="robins")), within_s=10, what="the tap")[-1]
    assert tap["reason"] == reason, tap


def take() -> list[Figure]:
    """Everything is withdrawn from everyone, and given back, again and again."""
    samples: list[float] = []
    with start_temporary("--cabinets", str(CABINETS)) as school, headteacher(school) as page:
        school.keep_machine_time()
        page.goto(f"{school.ready['web']}/log")
        badge = school.badge_of("robins")
        allow_a_break_all_day(school, badge["person"])
        for number in range(TIMES):
            ready = partial(settled, school, badge["person"])
            wait_until(ready, within_s=30, what="the newest rules at every cabinet", every_s=0.2)
            samples.append(_withdraw_and_give_back(school, page, badge if number < CHECKED else None))
    numbers = spread(samples)
    measured = f"p99 {numbers['p99']:.0f} ms (median {numbers['median']:.0f})"
    return [Figure("Withdraw -> obeyed by all 12 cabinets", "p99 <= 1 s", measured, numbers["p99"] <= 1000, numbers)]


def settled(school: School, person: str) -> bool:
    """Whether all cabinets have the newest rules in force; what-if names their revision."""
    asked = {"person": person, "point": "robins", "gesture": "put_in", "at": datetime.now().isoformat()}
    newest = call(f"{school.ready['web']}/api/v1/what-if", asked, token=school.ready["api_token"])["rules"]
    return {device["rules_applied"] for device in school.api("devices")["items"]} == {newest}


def confirmed_by_all(school: School, number: int) -> bool:
    """Whether the office's list names every cabinet as one that obeys: each says so in its next status."""
    return len(school.api(f"restrictions/{number}")["obeyed"]) == CABINETS


def _withdraw_and_give_back(school: School, page: Page, checked_with: Json | None) -> float:
    """Milliseconds from the POST that withdraws to the last cabinet that applied it."""
    list(school.events())
    cursor = school.cursor
    left, made = post(page, school, "restrictions", {"scope": "everyone", "reason": "event"}, None)
    applied = wait_until(partial(applied_by_all, school, cursor), within_s=20, what="every cabinet", every_s=0.05)
    if checked_with is not None:
        decided(school, checked_with["uid"], "withdrawn")
    wait_until(partial(confirmed_by_all, school, made["id"]), within_s=10, what="the list of who obeys", every_s=0.1)
    post(page, school, f"restrictions/{made['id']}/give-back", None, made["etag"])
    if checked_with is not None:
        ready = partial(settled, school, checked_with["person"])
        wait_until(ready, within_s=20, what="what was given back", every_s=0.2)
        decided(school, checked_with["uid"], "break")
    last = max(datetime.fromisoformat(time).timestamp() for time in applied.values())
    return last * 1000 - left
