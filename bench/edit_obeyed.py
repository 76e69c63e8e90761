"""The browser's POST leaves -> an online cabinet has applied the rules that follow from it, and decides by them."""

from datetime import datetime
from functools import partial

from bench.browser import headteacher
from bench.figure import Figure, spread
from demo.driver import School, start_temporary, wait_until

EDITS, CHECKED = 40, 10


def applied_after(school: School, after: str | None) -> dict[str, str] | None:
    """The first `rules.applied` of `robins` after a cursor."""
    mine = list(school.events(after, kind="rules.applied", point="robins"))
    return mine[0] if mine else None


def decided_under(school: School, uid: str, *, restricted: bool) -> None:
    """The next tap must be decided by the rules that were just applied."""
    list(school.events())
    cursor = school.cursor
    school.tap("robins", uid, "take_out")
    tap = wait_until(lambda: list(school.events(cursor, kind="tap", point="robins")), within_s=10, what="the tap")[-1]
    assert (tap["reason"] == "restricted") == restricted, tap


def take() -> list[Figure]:
    """The same edit back and forth: a restricted block added through the page's own request, and taken away."""
    samples: list[float] = []
    with start_temporary() as school, headteacher(school) as page:
        school.keep_machine_time()
        path = "points/robins/restricted"
        page.goto(f"{school.ready['web']}/log")
        list(school.events())
        base: list[dict[str, object]] = []
        school.put(path, {"blocks": base})
        uid, today = school.badge_of("robins")["uid"], datetime.now().date().isoformat()
        for number in range(EDITS):
            list(school.events())
            cursor = school.cursor
            extra = {"date": today, "from": "00:00", "until": "24:00", "name": f"Open day {number}", "breaks": []}
            blocks = base if number % 2 else [extra]
            etag = page.evaluate(
                """async ([url, token]) => {
                  const answer = await fetch(url, {headers: {Authorization: `Bearer ${token}`}});
                  return answer.headers.get("ETag");
                }""",
                [f"/api/v1/{path}", school.ready["api_token"]],
            )
            left = page.evaluate(
                """async ([url, token, etag, body]) => {
                  const left = performance.timeOrigin + performance.now();
                  const answer = await fetch(url, {method: "PUT", body: JSON.stringify(body), headers: {
                    Authorization: `Bearer ${token}`, "If-Match": etag, "Content-Type": "application/json"}});
                  if (!answer.ok) throw new Error(await answer.text());
                  return left;
                }""",
                [f"/api/v1/{path}", school.ready["api_token"], etag, {"blocks": blocks}],
            )
            event = wait_until(partial(applied_after, school, cursor), within_s=10, what="rules.applied", every_s=0.05)
            if number < CHECKED:
                decided_under(school, uid, restricted=bool(blocks))
            samples.append(datetime.fromisoformat(event["time"]).timestamp() * 1000 - left)
    numbers = spread(samples)
    measured = f"p95 {numbers['p95']:.0f} ms (median {numbers['median']:.0f})"
    return [Figure("edit -> obeyed by an online cabinet", "p95 <= 500 ms", measured, numbers["p95"] <= 500, numbers)]
