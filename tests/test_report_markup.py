"""What the page is made of: nothing injected, nothing from elsewhere, ids of their own, and a size that it keeps to."""

from __future__ import annotations

import json
import re

from report_samples import NASTY, REPORTS, Elements, ids_of, made, many, spread, with_awaited
from sample_results import results

from reports import page, terminal


def test_nothing_is_injected_into_the_page() -> None:
    nasty = Elements(page.html(made(spread(results(), NASTY)))).tags
    plain = Elements(page.html(made(results()))).tags
    assert [tag for tag, _ in nasty].count("script") == [tag for tag, _ in plain].count("script") == 2
    assert "img" not in [tag for tag, _ in nasty]
    assert not [name for _, attributes in nasty for name in attributes if name.startswith("on")]


def test_only_http_addresses_become_links() -> None:
    content = results()
    deviation = next(each for each in content["verdicts"] if each["outcome"] == "deviation")
    deviation["reason"] = "see javascript:alert(1) and https://example.org/a?b=1&c=(2). data:text/html,x"
    links = [attributes["href"] for tag, attributes in Elements(page.html(made(content))).tags if tag == "a"]
    assert "https://example.org/a?b=1&c=" in links
    assert not [
        each for each in links if each and not each.startswith(("#", "https://", "data:application/gzip;base64,"))
    ]


def test_the_page_needs_nothing_from_anywhere() -> None:
    for tag, attributes in Elements(page.html(made(results()))).tags:
        assert tag not in ("link", "iframe", "img", "object")
        assert "src" not in attributes
    assert "@import" not in page.html(made(results()))


def test_ids_are_unique_and_links_lead_somewhere() -> None:
    text = page.html(made(with_awaited(results())))
    tags, ids = Elements(text).tags, ids_of(text)
    assert ids == sorted(set(ids))
    inside = [attributes["href"] for tag, attributes in tags if tag == "a" and str(attributes["href"]).startswith("#")]
    assert {str(each)[1:] for each in inside} <= set(ids)


def test_what_can_be_scrolled_is_told_apart_by_name() -> None:
    """As who hears the page steps from one region to the next."""
    content = with_awaited(results())
    content["outages"] += [{**each, "subject": "redis@fakeredis"} for each in content["outages"]]
    tags = Elements(page.html(made(content))).tags
    names = [attributes["aria-label"] for _, attributes in tags if attributes.get("role") in ("region", "group")]
    assert sorted(names, key=str) == sorted(set(names), key=str)
    assert "steps of redis@fakeredis: frozen, killed and restarted under load" in names


def test_a_cache_has_one_name_wherever_it_is_named() -> None:
    """Its class, without the module that its owner keeps it in."""
    report = made(json.loads(json.dumps(results()).replace('"redis@fakeredis"', '"mine:Mine"')))
    text = page.html(report)
    assert "mine:Mine" not in page.markdown(report) + terminal.summary(report, [])
    assert "mine:Mine" not in re.sub(
        r"base64,\S+|<script.*?</script>", "", text.replace('title="mine:Mine"', ""), flags=re.DOTALL
    )


def test_every_section_has_a_place_of_its_own() -> None:
    orders = [section.order for _, section in page.all_sections()]
    assert len(orders) == len(set(orders)) >= 4


def test_twenty_subjects_and_a_hundred_promises_stay_under_one_and_a_half_megabytes() -> None:
    report = made(many())
    assert len(page.html(report).encode()) < 1_500_000
    assert len(page.markdown(report).splitlines()) < 60


def test_the_script_of_the_page_stays_small() -> None:
    assert len((REPORTS / "page.js").read_bytes()) <= 10_000
