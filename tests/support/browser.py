"""Chromium of the system, driven by playwright, for pages that lie on the disk or are served by the test: nothing may leave the page.

Its headless shell is taken where it is installed: the same engine without windows, menus and profiles opens a page in half of the processor time.

Here: opening a page so that any request beyond its own files is noted, and axe-core run in it. Not here: what a page
must say. Mark tests that use this with `@pytest.mark.browser`.

After an act that changes a page, or leads to another one, a test waits for what it reads, by playwright's `expect`: for a sign that
the page has done its work first, and only then for what must not be there.
"""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, Route, expect, sync_playwright

from support.browser_packages import PACKAGES

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser"))), "chromium"
)
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
_AXE = PACKAGES / "axe-core" / "axe.min.js"
expect.set_options(
    timeout=30_000
)  # as all of playwright's other waits; its own default of 5 s is short on a busy machine
_VIOLATIONS = """async (rules) => {
  const sizes = ["clientHeight", "clientWidth", "scrollHeight", "scrollWidth"];
  const asked = sizes.map((name) => [name, Object.getOwnPropertyDescriptor(Element.prototype, name)]);
  for (const [name, own] of asked) {
    const known = new WeakMap();
    const get = function () { if (!known.has(this)) known.set(this, own.get.call(this)); return known.get(this); };
    Object.defineProperty(Element.prototype, name, {...own, get});
  }
  try {
    return (await axe.run({preload: {assets: ["media"]}, resultTypes: ["violations"], ...(rules.length && {runOnly: rules})})).violations;
  } finally {
    for (const [name, own] of asked) Object.defineProperty(Element.prototype, name, own);
  }
}"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser for the time of a test or a module; fails where Chromium is missing, for then nothing would be tested."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(
    browser: Browser,
    file: Path,
    *,
    width: int = 1024,
    dark: bool = False,
    script: bool = True,
    at: str = "",
    until: str = "",
    before: str = "",
    now: datetime | None = None,
    position: tuple[float, float] | None = None,
) -> Iterator[Page]:
    """The page, loaded from the disk; on leaving, fails if it asked for anything outside or wrote an error to the console.

    `at` is added to the address, `until` a selector that is waited for, `before` a script that runs first, `now` the browser's clock,
    `position` (lon, lat) where it is; without one it does not say.
    """
    inside = ("file:", "data:", "blob:")
    with _opened(
        browser,
        file.as_uri() + at,
        inside,
        width=width,
        dark=dark,
        script=script,
        until=until,
        before=before,
        now=now,
        position=position,
    ) as page:
        yield page


@contextmanager
def opened_from_server(
    browser: Browser, address: str, path: str, *, width: int = 1024, dark: bool = False, complains: bool = False
) -> Iterator[Page]:
    """The page at `path` of the site at `address`, which may ask that site for files and nothing else; otherwise as `opened`.

    `complains`: the browser may write errors to the console, as it does by itself about files that are not there.
    """
    with _opened(
        browser, f"{address}/{path}", (f"{address}/", "data:", "blob:"), width=width, dark=dark, complains=complains
    ) as page:
        yield page


@contextmanager
def _opened(
    browser: Browser,
    address: str,
    inside: tuple[str, ...],
    *,
    width: int,
    dark: bool,
    script: bool = True,
    complains: bool = False,
    until: str = "",
    before: str = "",
    now: datetime | None = None,
    position: tuple[float, float] | None = None,
) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme="dark" if dark else "light", java_script_enabled=script,
        **({"geolocation": {"longitude": position[0], "latitude": position[1]}, "permissions": ["geolocation"]} if position else {}),
    )  # fmt: skip
    if before:
        context.add_init_script(before)
    if now:
        context.clock.set_fixed_time(now)
    outside: list[str] = []
    complaints: list[str] = []

    def look(route: Route) -> None:
        if route.request.url.startswith(inside):
            route.continue_()
        else:
            outside.append(route.request.url)
            route.abort()

    try:
        context.route("**/*", look)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if _is_complaint(said) else None)
        page.on("pageerror", lambda wrong: complaints.append(str(wrong)))
        page.goto(address)
        if until:
            page.wait_for_selector(until, state="attached")
        yield page
        assert outside == []
        assert complains or complaints == []
    finally:
        context.close()


def _is_complaint(said: ConsoleMessage) -> bool:
    """Whether the page is at fault; what the graphics driver says of its own speed is not counted."""
    return said.type in ("error", "warning") and "GL Driver Message (OpenGL, Performance" not in said.text


def violations(page: Page, rules: Sequence[str] = ()) -> list[str]:
    """What axe-core objects to, one line each with the first places; empty if nothing. `rules`: those that look, all if empty.

    Every rule looks at every element. What they find in order is not described one by one: that takes longer than to look, and nobody reads it.
    axe asks for the sizes of the same ancestors with every cell of a table; while it looks, they are measured once.
    Style sheets are not loaded again: no rule asks for their text, and pages forbid it.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate(_VIOLATIONS, list(rules))
    return [f"{v['id']}: {v['help']} at {[n['html'][:160] for n in v['nodes'][:3]]}" for v in found]


_CLIPPED = """(overflows) => [...document.querySelectorAll("body *")].filter((one) => {
  const style = getComputedStyle(one);
  const cut = (direction, whole, shown) => overflows.includes(direction) && whole > shown + 1;
  return one.checkVisibility() && one.textContent.trim() && style.clipPath === "none" && one.clientWidth > 1
    && !one.closest("#map, svg, textarea, select")
    && (cut(style.overflowX, one.scrollWidth, one.clientWidth) || cut(style.overflowY, one.scrollHeight, one.clientHeight));
}).map((one) => one.outerHTML.slice(0, 160))"""


def clipped(page: Page, overflows: list[str]) -> list[str]:
    """The beginnings of elements whose text is cut off, of those with one of these values of CSS `overflow`; texts for programs that read aloud, maps and fields are left out."""
    found: list[str] = page.evaluate(_CLIPPED, overflows)
    return found
