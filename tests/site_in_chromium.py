"""A plugin of pytest: the built site, served and visited with Chromium."""

import http.server
import os
import shutil
import threading
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import browser_rules
import pytest
import site_rules

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "chrome")


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextmanager
def served(folder):
    """Serve a folder and give its address."""
    handler = partial(QuietHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


class Visit:
    """A tab on one page, with what it asked for and what went wrong."""

    def __init__(self, browser, base, name, theme):
        self.base, self.asked, self.outside, self.errors = base, [], [], []
        self.theme = theme
        self.context = browser.new_context(color_scheme=theme)
        self.tab = self.context.new_page()
        self.resize(browser_rules.WIDTHS[0])
        self.tab.route("**/*", self.watch)
        self.tab.on("pageerror", lambda error: self.errors.append(str(error)))
        self.tab.on("response", self.note_missing)
        self.tab.goto(base + name, wait_until="load")

    def resize(self, width):
        self.tab.set_viewport_size({"width": width, "height": 900})

    def watch(self, route):
        self.asked.append(route.request.url)
        if route.request.url.startswith((self.base, "data:", "blob:")):
            route.continue_()
        else:
            self.outside.append(route.request.url)
            route.abort()

    def note_missing(self, response):
        if response.status >= 400:
            self.errors.append(f"{response.status} for {response.url}")


def without(reason):
    """Skip and say why; where a browser is promised, fail."""
    if os.environ.get("DLBOOK_REQUIRE_BROWSER") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


# Not for the session: Playwright's loop would be in the notebooks' way.
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
def faults_on(browser, axe):
    """A function that visits a page and returns all that is wrong."""

    def visit(base, name, theme):
        page = Visit(browser, base, name, theme)
        try:
            return browser_rules.faults(page, axe)
        finally:
            page.context.close()

    return visit


@pytest.fixture(scope="module")
def faults(faults_on):
    with served(site_rules.SITE) as base:
        yield partial(faults_on, base)


@pytest.fixture(scope="module")
def planted_faults(faults_on):
    """What is told of the faulty page, which is light in the dark theme."""
    with served(site_rules.FAULTY) as base:
        yield faults_on(base, "page.html", "dark")
