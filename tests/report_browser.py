"""Fixtures: a report of samples in a real browser, as a reader meets it.

Skipped where there is no browser; an error instead where ``CI`` or ``REQUIRE_BROWSER`` is set.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from report_samples import made
from sample_results import results

from reports import page, picture

if TYPE_CHECKING:
    from selenium.webdriver.chrome.webdriver import WebDriver
    from selenium.webdriver.remote.webelement import WebElement

#: Seconds; a busy machine takes its time, and a browser that hangs ends the test all the same.
DEADLINE = 300
REPORT = made(results())


def missing() -> str | None:
    """What these fixtures lack, and the command that brings it."""
    if not (browser() and shutil.which("chromedriver")):
        return "no Chromium and driver; `apt-get install --no-install-recommends chromium chromium-driver` brings them"
    lacking = [name for name in ("selenium", "axe_core_python") if not importlib.util.find_spec(name)]
    return (
        f"{' and '.join(lacking)} not installed; `pip install selenium axe-core-python` brings them"
        if lacking
        else None
    )


def browser() -> str | None:
    """The path of a Chromium, if there is one."""
    return next(filter(None, map(shutil.which, picture.BROWSERS)), None)


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebDriver]:
    if lack := missing():
        (pytest.fail if os.environ.get("CI") or os.environ.get("REQUIRE_BROWSER") else pytest.skip)(lack)
    from selenium import webdriver  # noqa: PLC0415 - only where it is installed

    options = webdriver.ChromeOptions()
    options.binary_location = str(browser())
    profile = f"--user-data-dir={tmp_path_factory.mktemp('profile')}"
    for flag in [*picture.ALONE, "--disable-dev-shm-usage", profile]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    started = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    started.set_script_timeout(DEADLINE)
    yield started
    started.quit()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(page.html(REPORT), encoding="utf-8")
    return path.as_uri()


class Page:
    """The report in the browser, as a reader meets it."""

    def __init__(self, driver: WebDriver, place: str) -> None:
        self.driver, self.place = driver, place

    def open(self, view: str = "", width: int = 1280, **features: str) -> Page:
        emulated = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.command("Emulation.setEmulatedMedia", features=emulated)
        self.command(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 600
        )
        self.driver.get("about:blank")
        self.driver.get(self.place + view)
        return self

    def command(self, name: str, **parameters: Any) -> Any:
        return self.driver.execute_cdp_cmd(name, parameters)

    def all(self, query: str) -> list[WebElement]:
        return self.driver.find_elements("css selector", query)

    def one(self, query: str) -> WebElement:
        return self.driver.find_element("css selector", query)

    def seen(self, query: str) -> list[str]:
        """The text of all that match and are visible, in one call: there are hundreds."""
        visible = "[...document.querySelectorAll(arguments[0])].filter(each => each.checkVisibility())"
        texts: list[str] = self.driver.execute_script(f"return {visible}.map(each => each.innerText.trim())", query)
        return texts

    def set(self, name: str, value: float | str) -> None:
        """Give a field of the form a value as typing or dragging would."""
        field = self.one(f"#own [name={name}]")
        self.driver.execute_script(
            "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input', {bubbles: true}))",
            field,
            value,
        )

    @property
    def query(self) -> str:
        return str(self.driver.execute_script("return decodeURIComponent(location.search)"))

    @property
    def view(self) -> str:
        return str(self.driver.execute_script("return location.search"))

    def errors(self) -> list[str]:
        return [each["message"] for each in self.driver.get_log("browser") if each["level"] in ("SEVERE", "WARNING")]

    def requests(self) -> list[str]:
        sent = (json.loads(each["message"])["message"] for each in self.driver.get_log("performance"))
        return [each["params"]["request"]["url"] for each in sent if each["method"] == "Network.requestWillBeSent"]


@pytest.fixture
def report(driver: WebDriver, place: str) -> Page:
    return Page(driver, place).open()
