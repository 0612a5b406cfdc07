"""The built site: what must hold of every page, and of pages in Chromium.

Each rule also runs on a page with a planted fault, and must report it.
"""

import os
import shutil
from pathlib import Path

import browser_rules as chromium
import pytest
import site_rules as rules

HERE = Path(__file__).parent
SITE = HERE.parent / "_build" / "html"
FAULTY = HERE / "site_fixtures" / "faulty"
AXE = HERE / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "chrome")
THEMES, WIDTHS = ("light", "dark"), (390, 1280)

STATIC = {
    rules.broken_links: ["links to nowhere.html", "links to #there"],
    rules.outside_resources: ["page.html loads https://fonts",
                              "page.html loads https://images",
                              "outside.css loads https://images",
                              "outside.css loads https://fonts"],
    rules.raw_markup: ["shows '$'", "shows '{eq}`'"],
    rules.images_without_text: ["without alt: https://images"],
    rules.images_without_size: ["without its size"],
    rules.pages_without_description: ["no description"],
}


def names():
    """The addresses of the pages, when there is a site."""
    return [page.path.relative_to(SITE).as_posix()
            for page in rules.pages(SITE)] if SITE.exists() else []


def test_the_site_is_built():
    assert (SITE / "index.html").exists(), (
        "There is no site in _build/html: run make book first.")
    assert len(names()) > 5


@pytest.mark.parametrize("rule", STATIC, ids=lambda rule: rule.__name__)
def test_every_page_keeps_the_rule(rule):
    assert SITE.exists(), "There is no site: run make book first."
    assert not rule(SITE)


@pytest.mark.parametrize("rule", STATIC, ids=lambda rule: rule.__name__)
def test_the_rule_reports_a_planted_fault(rule):
    complaints = rule(FAULTY)
    for expected in STATIC[rule]:
        assert any(expected in told for told in complaints), expected


def test_the_rules_leave_what_is_right_alone():
    assert not any("#here" in told for told in rules.broken_links(FAULTY))
    assert not any("note" in told for told in rules.raw_markup(FAULTY))


def without(reason):
    """Skip and say why; where a browser is promised, fail."""
    if os.environ.get("DLBOOK_REQUIRE_BROWSER") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def browser():
    path = os.environ.get("DLBOOK_CHROMIUM") or next(
        filter(None, map(shutil.which, CHROMIUMS)), None)
    if path is None:
        without("no Chromium found; install it or set DLBOOK_CHROMIUM")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox"])


@pytest.fixture(scope="module")
def axe():
    if not AXE.exists():
        without("no axe-core found; run npm ci --prefix tests")
    return AXE.read_text("utf-8")


@pytest.fixture(scope="module")
def site():
    with chromium.served(SITE) as base:
        yield base


@pytest.fixture
def faulty(browser):
    with chromium.served(FAULTY) as base:
        with chromium.visit(browser, base, "page.html", width=390) as page:
            yield page


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", names())
def test_page_behaves(browser, site, name, theme):
    with chromium.visit(browser, site, name, theme=theme) as page:
        assert page.tab.evaluate(chromium.THEME) == theme
        for width in WIDTHS:
            page.tab.set_viewport_size({"width": width, "height": 900})
            assert not chromium.overflow(page)
        assert not chromium.outside_requests(page)
        assert not chromium.script_errors(page)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", names())
def test_page_has_no_barrier(browser, axe, site, name, theme, width):
    with chromium.visit(browser, site, name, width, theme) as page:
        assert not chromium.barriers(page, axe)


def widget_pages():
    return [name for name in names()
            if 'class="explore"' in (SITE / name).read_text("utf-8")]


@pytest.mark.parametrize("name", widget_pages())
def test_sliders_move_by_keyboard(browser, site, name):
    with chromium.visit(browser, site, name) as page:
        assert not chromium.dead_sliders(page)


@pytest.mark.parametrize("name", widget_pages())
def test_frames_wait_until_they_are_asked_for(browser, site, name):
    with chromium.visit(browser, site, name) as page:
        frames = {url for url in page.asked if "/frame-" in url}
        widgets = page.tab.query_selector_all("figure.explore")
        assert len(frames) <= len(widgets)


def test_chromium_reports_the_planted_faults(faulty, axe):
    assert "https://images.example.invalid/figure.png" in faulty.outside
    assert any("planted" in e for e in chromium.script_errors(faulty))
    assert any("3000px" in told for told in chromium.overflow(faulty))
    barriers = chromium.barriers(faulty, axe)
    for expected in ("color-contrast", "image-alt"):
        assert any(told.startswith(expected) for told in barriers)


def test_chromium_reports_dead_sliders(faulty):
    assert chromium.dead_sliders(faulty) == [
        "a slider was moved and nothing changed", "a widget has no slider"]
