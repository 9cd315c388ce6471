"""What is wrong with an open page in any of its looks: on a phone and on a desk, light and dark, and as paper.

Not here: opening a page (`support.browser`, tests of the portal), what a page says.
"""

from playwright.sync_api import Page

from support.browser import clipped, violations

SIZES = [(360, False), (1024, True), (360, True), (1024, False)]
COLOURS = ("color-contrast", "link-in-text-block")
"""The rules of axe that look at colours."""
_SHOWN = """[...document.querySelectorAll("body *")].filter((one) => one.checkVisibility())
  .map((one) => `${one.tagName} ${one.clientWidth} ${one.clientHeight}`).join()"""
_IS_WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def find_faults(page: Page, name: str, *, cut_on_paper: bool = True) -> list[str]:
    """What is wrong, one line each, empty if nothing; each fold is open, as on paper. `cut_on_paper`: whether parts that scroll count as cut on paper."""
    found, shown = [], ""
    for fold in page.locator("summary:visible").all():
        fold.click()
    for width, dark in SIZES:
        _resize(page, width, 800)
        page.emulate_media(media="screen", color_scheme="dark" if dark else "light")
        look = f"{name}, {width}, {'dark' if dark else 'light'}"
        if page.evaluate(_IS_WIDER):
            found.append(f"{look}: wider than the window")
        found += [f"{look}: clipped {one}" for one in clipped(page, ["hidden", "clip"])]
        if dark:
            found += [f"{look}: {one}" for one in violations(page)]
            shown = page.evaluate(_SHOWN) if width == 1024 else shown
        elif width == 1024:  # the same parts in other colours: only rules about colours may find something else
            found += [f"{look}: {one}" for one in violations(page, COLOURS)]
            found += [] if page.evaluate(_SHOWN) == shown else [f"{look}: other parts or sizes than in the dark"]
    _resize(page, 720, 1000)
    page.emulate_media(media="print", color_scheme="light")
    if page.evaluate(_IS_WIDER):
        found.append(f"{name}, paper: wider than the sheet")
    if cut_on_paper:
        found += [f"{name}, paper: cut {one}" for one in clipped(page, ["hidden", "clip", "auto", "scroll"])]
    return found


def _resize(page: Page, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_function("width => innerWidth === width", arg=width)
