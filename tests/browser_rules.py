"""What must hold of a page in Chromium, each rule a function that complains.

A rule takes a tab that shows the page and returns a list of sentences.
"""

import http.server
import threading
from contextlib import contextmanager
from functools import partial

OPEN_FOLDS = """async () => {
  document.querySelectorAll("details").forEach(fold => fold.open = true);
  const drawn = () => new Promise(requestAnimationFrame);
  await drawn();  // what opened asks for its fonts
  await document.fonts.ready;
  await drawn();  // the page's own script has seen the new sizes
  await drawn();
}"""
# The details of what passes are left out: nobody reads them.
RUN_AXE = "axe.run({resultTypes: ['violations']})"
THEME = "document.documentElement.dataset.theme"
SEVERE = ("serious", "critical")
PATIENCE_MS = 3000
WIDE = """() => [...document.querySelectorAll("body *")].filter(element => {
  const box = element.getBoundingClientRect();
  if (!box.width || box.right <= innerWidth + 1) return false;
  for (let up = element; up; up = up.parentElement)
    if (getComputedStyle(up).overflowX !== "visible" && up !== document.body)
      return false;
  return true;
}).map(element => element.outerHTML.slice(0, 80))"""
MOVED = """([figure, before, words]) => {
  const image = figure.querySelector("img");
  return image.currentSrc !== before && image.complete
    && image.naturalWidth > 0
    && figure.querySelector("figcaption").textContent !== words;
}"""


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

    def __init__(self, browser, base, name, width=1280, theme="light"):
        self.base, self.asked, self.outside, self.errors = base, [], [], []
        self.context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=theme)
        self.tab = self.context.new_page()
        self.tab.route("**/*", self.watch)
        self.tab.on("pageerror", lambda error: self.errors.append(str(error)))
        self.tab.on("response", self.note_missing)
        self.tab.goto(base + name, wait_until="load")

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


@contextmanager
def visit(*args, **kwargs):
    """Open a page, and close its tab afterwards."""
    page = Visit(*args, **kwargs)
    try:
        yield page
    finally:
        page.context.close()


def outside_requests(page):
    return [f"the page asks another host: {url}" for url in page.outside]


def script_errors(page):
    return [f"the page has an error: {error}" for error in page.errors]


def overflow(page):
    """What sticks out of the window without scrolling in itself."""
    page.tab.evaluate(OPEN_FOLDS)
    wide = page.tab.evaluate(
        "document.documentElement.scrollWidth > innerWidth")
    return [f"wider than the window: {part}"
            for part in page.tab.evaluate(WIDE)] if wide else []


def barriers(page, axe):
    """What axe finds serious or critical, with all folds open."""
    page.tab.evaluate(OPEN_FOLDS)
    page.tab.evaluate(axe)
    found = page.tab.evaluate(RUN_AXE)["violations"]
    return [f"{violation['id']} ({violation['impact']}): {node['html'][:120]}"
            for violation in found if violation["impact"] in SEVERE
            for node in violation["nodes"]]


def dead_sliders(page):
    """Widgets whose picture and caption stay when a key is pressed."""
    complaints = []
    for figure in page.tab.query_selector_all("figure.explore"):
        slider = figure.query_selector("input[type=range]")
        if slider is None:
            complaints.append("a widget has no slider")
        elif not moves(page.tab, figure, slider):
            complaints.append("a slider was moved and nothing changed")
    return complaints


def moves(tab, figure, slider):
    from playwright.sync_api import TimeoutError

    figure.scroll_into_view_if_needed()
    before = figure.query_selector("img").evaluate("img => img.currentSrc")
    words = figure.query_selector("figcaption").text_content()
    slider.focus()
    at_end = slider.evaluate("one => one.value === one.max")
    tab.keyboard.press("ArrowLeft" if at_end else "ArrowRight")
    try:
        tab.wait_for_function(MOVED, arg=[figure, before, words],
                              timeout=PATIENCE_MS)
    except TimeoutError:
        return False
    return True
