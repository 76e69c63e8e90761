"""A card enters the field, the button already pressed -> its row stands on the open page in Chromium."""

from functools import partial

from playwright.sync_api import Page

from bench.browser import headteacher, wall_ms
from bench.figure import Figure, spread
from demo.driver import start_temporary, wait_until

TAPS, CABINETS = 88, 12

OBSERVE = """() => {
  window.seenRows = [];
  const log = document.getElementById("log");
  new MutationObserver((changes) => {
    const rows = changes.flatMap((change) => [...change.addedNodes]).flatMap((node) =>
      node.nodeType !== 1 ? [] : node.matches(".row") ? [node] : [...node.querySelectorAll(".row")]);
    if (rows.length) requestAnimationFrame((at) => {
      for (const row of rows) window.seenRows.push([row.id, performance.timeOrigin + at]);
    });
  }).observe(log, { childList: true, subtree: true });
}"""


def more_rows(page: Page, before: int) -> bool:
    """Whether the page has shown a row since."""
    return bool(page.evaluate("window.seenRows.length") > before)


def take() -> list[Figure]:
    """Taps in turn at several cabinets, one page of the access log open."""
    samples: list[float] = []
    with start_temporary("--cabinets", str(CABINETS)) as school, headteacher(school) as page:
        page.goto(f"{school.ready['web']}/log")
        page.wait_for_selector("#live[data-state=live]")
        page.evaluate(OBSERVE)
        devices = [d for d in school.ready["devices"] if d != "kitchen"]
        for number in range(TAPS):
            device = devices[number % len(devices)]
            before = page.evaluate("window.seenRows.length")
            school.tap(device, school.badge_of(device)["uid"], "put_in", hold_ms=600)
            # Not wait_for_function: the page's own security policy forbids it to evaluate text.
            wait_until(partial(more_rows, page, int(before)), within_s=10, what=f"the row of {device}", every_s=0.02)
            history = school.bench(f"/devices/{device}/history")["history"]
            card = max(change["at_ns"] for change in history if change["what"] == "card_in")
            samples.append(float(page.evaluate(f"window.seenRows[{before}][1]")) - wall_ms(card))
            page.wait_for_timeout(350)
    numbers = spread(samples)
    measured = f"p95 {numbers['p95']:.0f} ms (median {numbers['median']:.0f})"
    return [Figure("tap -> row on the open page", "p95 <= 300 ms", measured, numbers["p95"] <= 300, numbers)]
