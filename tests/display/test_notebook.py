"""A spec in a notebook: its diagram and its table, everything escaped, nothing that runs or loads."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from archspec.display.notebook import faults_html
from archspec.places import zoo
from archspec.spec import load, load_text
from tests.small import spec, text

EVIL = "</script><img src=x onerror=alert(1)>\"'&"
HARMLESS = {
    *(["div", "p", "strong", "br", "pre", "details", "summary", "table", "thead", "tbody", "tr", "th", "td"]),
    *(["svg", "title", "rect", "g", "path", "text"]),
}


class Page(HTMLParser):
    """Collects what a page is made of."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.mark.parametrize("network", sorted(zoo()))
def test_a_spec_shows_its_table_and_its_graph(network: str) -> None:
    page = Page(load(zoo()[network])._repr_html_())
    assert {"svg", "table"} <= page.tags <= HARMLESS
    assert not {
        attribute for attribute in page.attributes if attribute.startswith("on") or attribute in ("src", "href")
    }


def test_text_of_a_spec_is_text_of_the_page() -> None:
    doc = EVIL.replace("'", "''")
    page = Page(load_text(text("{a: relu}", more=f"doc: '{doc}'\n"))._repr_html_())
    assert page.tags <= HARMLESS
    assert EVIL in "".join(page.words)


def test_a_spec_with_faults_shows_these() -> None:
    html = spec("{a: {op: rleu}}")._repr_html_()
    assert html.startswith("<pre>") and "E401" in html


def test_reports_are_escaped() -> None:
    assert Page(faults_html(EVIL)).tags == {"pre"}


def test_a_long_table_is_cut_and_counted() -> None:
    html = spec("{a: {op: relu, repeat: 3000}}")._repr_html_()
    assert "… and 2,000 more" in html and html.count("<tr>") < 1100
