"""Firefox and WebKit, driven by WebDriver, for pages that other tests open in Chromium. They are optional: `make browsers` installs them.

playwright's Firefox speaks to a Firefox of its own, and its WebKit is a build that no package holds; the distribution's Firefox ESR and WebKitGTK
have WebDriver. Both get a screen (Xvfb), for without one Firefox has no WebGL. Not here: Chromium (`browser.py`).
"""

import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ENGINES = ("firefox", "webkit")
GECKODRIVER = Path(sys.prefix) / "browsers" / "bin" / "geckodriver"
SECONDS = 60


def lacking_programs(engine: str) -> list[str]:
    """What `make browsers` would bring and is not here; empty if the engine can be started."""
    places = {
        "firefox": {"firefox-esr": shutil.which("firefox-esr"), "geckodriver": GECKODRIVER.is_file()},
        "webkit": {"WebKitWebDriver": shutil.which("WebKitWebDriver"), "MiniBrowser": _find_minibrowser()},
    }[engine]
    return [name for name, place in {**places, "Xvfb": shutil.which("Xvfb")}.items() if not place]


@contextmanager
def started_engine(engine: str) -> Iterator[Any]:
    """The engine, with a window; the test is skipped where it, or selenium, is missing."""
    pytest.importorskip("selenium", reason="`make browsers` installs Firefox and WebKit")
    if lacking := lacking_programs(engine):
        pytest.skip(f"`make browsers` installs what is missing here: {', '.join(lacking)}")
    with _screen() as display:
        driver = _start_driver(engine, {**os.environ, "DISPLAY": display})
        try:
            yield driver
        finally:
            driver.quit()


def await_script(driver: Any, script: str) -> Any:
    """What the expression of the page gives, once it is true; fails after a minute."""
    from selenium.webdriver.support.ui import WebDriverWait

    asked: Callable[[Any], Any] = lambda page: page.execute_script(f"return {script}")  # noqa: E731
    return WebDriverWait(driver, SECONDS).until(asked, script)


@contextmanager
def _screen() -> Iterator[str]:
    """A screen that no other process uses."""
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as screen:
        try:
            assert screen.stdout is not None
            yield f":{screen.stdout.readline().strip()}"
        finally:
            screen.terminate()


def _start_driver(engine: str, environment: dict[str, str]) -> Any:
    from selenium import webdriver
    from selenium.webdriver.firefox.service import Service as Geckodriver
    from selenium.webdriver.webkitgtk.service import Service as WebKitDriver

    if engine == "firefox":
        firefox = webdriver.FirefoxOptions()
        firefox.binary_location = str(shutil.which("firefox-esr"))
        return webdriver.Firefox(firefox, Geckodriver(str(GECKODRIVER), env=environment))
    webkit = webdriver.WebKitGTKOptions()
    webkit.binary_location = str(_find_minibrowser())
    webkit.add_argument("--automation")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # selenium's own use of its own old way
        return webdriver.WebKitGTK(webkit, service=WebKitDriver(str(shutil.which("WebKitWebDriver")), env=environment))


def _find_minibrowser() -> Path | None:
    return next(iter(sorted(Path("/usr/lib").glob("*/webkit2gtk-4.1/MiniBrowser"))), None)
