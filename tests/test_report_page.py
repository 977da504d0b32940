"""The page in a real browser: filters, cells, form, copy, contrast and roles, and nothing leaves it."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from report_browser import REPORT, Page, browser, driver, place, report

from reports import advice, picture

__all__ = ["driver", "place", "report"]  # fixtures


def test_the_page_opens_without_an_error_and_asks_nobody(report: Page) -> None:
    report.requests()
    report.open().one("body")
    assert report.errors() == []
    assert report.requests() == [report.place]


def test_a_filter_leaves_its_rows_and_is_kept_in_the_address(report: Page) -> None:
    report.one("#only-red").click()
    assert report.query == "?only=red"
    broken = ["a ttl over 30 days is kept", "expired entries go first", "threads lose no update"]
    assert report.seen("tr.p th") == broken
    again = report.open(report.view)
    assert again.seen("tr.p th") == broken


def test_only_where_they_differ_leaves_out_what_all_agree_on(report: Page) -> None:
    report.one("#only-differ").click()
    assert "one operation reads the clock once" in report.seen("tr.p th")
    assert "a stored None is a hit" not in report.seen("tr.p th")


def test_groups_with_nothing_red_start_folded_and_what_is_folded_is_kept(report: Page) -> None:
    assert "a stored None is a hit" not in report.seen("tr.p th")
    assert "expired entries go first" in report.seen("tr.p th")
    report.one("tbody[data-group=keys] .fold").click()
    assert "the empty text is a key" in report.seen("tr.p th")
    assert "the empty text is a key" in report.open(report.view).seen("tr.p th")
    report.one("[data-fold=open]").click()
    assert len(report.seen("tr.p th")) == len(REPORT.promises)


def test_one_group_alone_is_open_whatever_is_folded_and_is_kept_in_the_address(report: Page) -> None:
    keys = [each.title for each in REPORT.promises if each.group == "keys"]
    report.one("[data-fold=close]").click()
    report.one("[name=group] [value=keys]").click()
    assert report.seen("tr.p th") == keys
    assert report.open(report.view).seen("tr.p th") == keys
    report.one("tbody[data-group=keys] .fold").click()
    assert report.seen("tr.p th") == []
    report.one("#only-red").click()
    assert report.seen("tr.p th") == []
    report.one("[name=group] [value=time]").click()
    assert report.seen("tr.p th") == ["a ttl over 30 days is kept"]
    assert "group=time" in report.query
    report.one("[name=group]").send_keys("\ue011")  # home
    assert "group" not in report.query
    assert "expired entries go first" in report.seen("tr.p th")


def test_a_red_cell_opens_to_its_history_and_the_address_leads_back_to_it(report: Page) -> None:
    report.one(".matrix td.fail a").click()
    opened = report.one(".opened .finding")
    assert "the entry was gone 3.2 s early" in opened.text
    assert [each.text for each in report.all(".opened .wrong .expected code")] == ["[1, {'deep': None}]"]
    assert "the entry was gone" in report.open(report.view).one(".opened").text
    report.one(".matrix td.deviation a").click()
    assert len(report.all(".opened")) == 1
    report.one("body").send_keys("\ue00c")
    assert report.all(".opened") == []
    assert report.query == ""
    assert len(report.all(".behind .finding")) == len([each for each in REPORT.verdicts.values() if each.tells])


def test_what_follows_leads_to_what_it_follows_from(report: Page) -> None:
    report.one("button[data-fold=open]").click()
    report.one(".matrix td.implied a").click()
    opened = report.one(".opened .finding")
    assert "Follows from expired entries go first." in opened.text
    opened.find_element("link text", "expired entries go first").click()
    assert "a live entry was evicted while 'a' was expired" in report.one(".opened .finding").text


def test_the_address_of_a_cell_opens_it(report: Page) -> None:
    address = report.one(".matrix td.fail a").get_dom_attribute("href")
    assert "the entry was gone 3.2 s early" in report.open(address).one(".opened .finding").text


def test_the_address_of_a_promise_opens_its_group_and_leads_to_it(report: Page) -> None:
    report.one("[data-fold=open]").click()
    links = {each.text: str(each.get_dom_attribute("href")) for each in report.all("tr.p th a")}
    assert len(links) == len(REPORT.promises)
    report.open(links["the empty text is a key"])
    assert "the empty text is a key" in report.seen("tr.p th")
    places = "[document.querySelector(location.hash), document.querySelector('.matrix thead th')]"
    row, head = report.driver.execute_script(f"return {places}.map(each => each.getBoundingClientRect().bottom)")
    assert head < row < 900


def test_copy_puts_the_script_on_the_clipboard(report: Page) -> None:
    report.command("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
    report.one(".matrix td.fail a").click()
    button = report.one(".opened .copy")
    button.click()
    copied = report.driver.execute_async_script(
        "navigator.clipboard.readText().then(arguments[0], error => arguments[0](String(error)))"
    )
    assert copied == report.one(".opened .script code").get_property("textContent")
    assert button.text == "copied"


@pytest.mark.parametrize("number", range(3))
def test_the_form_answers_as_the_cards_do(report: Page, number: int) -> None:
    case = advice.CASES[number]
    report.all(".card .more a")[number].click()
    assert report.one("#own .pick").text == report.all(".card .pick")[number].text
    rows = [
        [cell.text for cell in row.find_elements("css selector", "th, td")][:2]
        for row in report.all("#own .rank tr:not(.idle)")
    ]
    on_card = [
        [cell.text for cell in row.find_elements("css selector", "th, td")][:2]
        for row in report.all(f"#case-{case.id} .rank tbody tr")
    ]
    assert rows == on_card


def test_the_form_follows_its_fields_and_lives_in_the_address(report: Page) -> None:
    report.one(".case summary").click()
    report.set("m", 1)
    report.set("o", -5)
    for box in report.all("[name=need]:checked"):
        box.click()
    assert report.one("#own .pick").text == "Take memory"
    report.set("m", 50)
    report.set("o", 0)
    assert report.one("#own .pick").text == "Take redis@embedded"
    before = report.one("#own .result").text
    assert report.open(report.view).one("#own .result").text == before
    paid = report.one("[aria-label='What 1,000 reads pay'] [data-name='one per process'] path")
    once = paid.get_attribute("d")
    report.set("u", 4)
    report.set("c", 0.5)
    assert paid.get_attribute("d") != once
    assert "$0.05 per 1,000 reads, of $500.00" in report.one("#own .rank").text
    assert report.errors() == []


@pytest.mark.parametrize(
    "view",
    [
        "?own=1~2",
        "?own=%26%3D%26",
        "?own=o%3D9%26m%3Dx%26payload%3D7%26need%3D5",
        "?only=%22%5D",
        "?group=nobody",
        "?open=nobody",
        "?fold=%00",
        "#v999",
    ],
)
def test_an_address_with_nonsense_is_a_page_all_the_same(report: Page, view: str) -> None:
    report.open(view)
    assert report.seen("h1")
    assert report.one("#own .pick").get_property("textContent")
    assert report.errors() == []


def test_the_picture_for_the_readme_ends_with_a_whole_table_or_section(
    report: Page, place: str, tmp_path: Path
) -> None:
    shown = tmp_path / "report.png"
    picture.take(str(browser()), Path(place.removeprefix("file://")), shown)
    bottoms = (
        f"return [...document.querySelectorAll('{picture.WHOLE}')].map(each => each.getBoundingClientRect().bottom)"
    )
    ends = [math.ceil(each) for each in report.driver.execute_script(bottoms)]
    height = int.from_bytes(shown.read_bytes()[20:24])
    assert height - picture.MARGIN in ends
    assert picture.HEIGHT / 2 < height <= picture.HEIGHT


def test_the_names_of_lines_are_told_where_they_have_no_room(report: Page) -> None:
    names = [each.get_property("textContent") for each in report.all("#scaling .curves:first-of-type .line > text")]
    assert report.seen("#scaling .keys li") == []
    report.open(width=390)
    assert set(report.seen("#scaling .keys li")) >= set(names)


def test_without_a_script_everything_is_there(report: Page) -> None:
    report.command("Emulation.setScriptExecutionDisabled", value=True)
    try:
        report.open()
        assert len(report.seen(".card .pick")) == 3
        assert not report.one("#own form").is_displayed()
        assert len(report.seen(".behind .finding")) == len([each for each in REPORT.verdicts.values() if each.tells])
        report.one("#only-red").click()
        assert "expired entries go first" in report.seen("tr.p th")
    finally:
        report.command("Emulation.setScriptExecutionDisabled", value=False)


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_the_page_is_never_wider_than_the_window(report: Page, width: int) -> None:
    report.open(width=width)
    report.driver.execute_script("for (const each of document.querySelectorAll('details')) each.open = true")
    assert report.driver.execute_script("return document.documentElement.scrollWidth") <= width


def test_the_head_of_the_matrix_stays_in_sight(report: Page) -> None:
    report.one("[data-fold=open]").click()
    script = """
        arguments[0].scrollIntoView({block: 'center'});
        const head = document.querySelector('.matrix thead th').getBoundingClientRect();
        return Math.abs(head.top - document.querySelector('.top').getBoundingClientRect().bottom) < 2"""
    assert report.driver.execute_script(script, report.all("tr.p")[-3])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_contrast_roles_and_names_are_what_axe_asks_for(report: Page, theme: str) -> None:
    import axe_core_python  # noqa: PLC0415 - only where it is installed

    report.open(prefers_color_scheme=theme)
    report.one(".matrix td.fail a").click()
    report.driver.execute_script(Path(axe_core_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8"))
    found = report.driver.execute_async_script("axe.run({resultTypes: ['violations']}).then(arguments[0])")[
        "violations"
    ]
    assert [(each["id"], each["nodes"][0]["html"], each["nodes"][0]["failureSummary"]) for each in found] == []
