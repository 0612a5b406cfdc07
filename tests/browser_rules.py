"""What must hold of a page in Chromium, each rule a function that complains.

A rule takes the visit of a page and returns a list of sentences.
"""

from widget_rules import wrong_widgets

OPEN_FOLDS = """async () => {
  document.querySelectorAll("details").forEach(fold => fold.open = true);
  const drawn = () => new Promise(requestAnimationFrame);
  await drawn();  // what opened asks for its fonts
  await document.fonts.ready;
  // Folds fade in: what is half there has no contrast yet.
  await Promise.all(document.getAnimations().map(one => one.finished));
  await drawn();  // the page's own script has seen the new sizes
  await drawn();
}"""
# The details of what passes are left out: nobody reads them.
RUN_AXE = "axe.run({resultTypes: ['violations']})"
# What the stylesheet does, not what the page says of itself.
THEME = "getComputedStyle(document.documentElement).colorScheme"
# A widget shows its first picture; what lies behind it waits.
SHOWN = """[...document.querySelectorAll("img:not(.explore img ~ img)")].map(
  image => image.src)"""
WIDTHS = (390, 1280)
SEVERE = ("serious", "critical")
WIDE = """() => [...document.querySelectorAll("body *")].filter(element => {
  const box = element.getBoundingClientRect();
  if (!box.width || box.right <= innerWidth + 1) return false;
  for (let up = element; up; up = up.parentElement)
    if (getComputedStyle(up).overflowX !== "visible" && up !== document.body)
      return false;
  return true;
}).map(element => element.outerHTML.slice(0, 80))"""


def faults(page, axe):
    """What every rule says of a page that has just been loaded."""
    told = wrong_theme(page) + eager_frames(page)
    page.tab.evaluate(axe)
    for width in WIDTHS:
        page.resize(width)
        page.tab.evaluate(OPEN_FOLDS)
        told += [f"at {width} px: {fault}"
                 for fault in overflow(page) + barriers(page)]
    told += wrong_widgets(page)
    return told + outside_requests(page) + script_errors(page)


def wrong_theme(page):
    shown = page.tab.evaluate(THEME)
    return [] if shown == page.theme else [
        f"the reader's theme is {page.theme}, the page's is {shown}"]


def eager_frames(page):
    """Frames that were fetched though no slider has been moved."""
    shown = page.tab.evaluate(SHOWN)
    return [f"a frame does not wait until it is asked for: {url}"
            for url in page.asked if "/frame-" in url and url not in shown]


def outside_requests(page):
    return [f"the page asks another host: {url}" for url in page.outside]


def script_errors(page):
    return [f"the page has an error: {error}" for error in page.errors]


def overflow(page):
    """What sticks out of the window without scrolling in itself."""
    wide = page.tab.evaluate(
        "document.documentElement.scrollWidth > innerWidth")
    return [f"wider than the window: {part}"
            for part in page.tab.evaluate(WIDE)] if wide else []


def barriers(page):
    """What axe finds serious or critical."""
    found = page.tab.evaluate(RUN_AXE)["violations"]
    return [f"{violation['id']} ({violation['impact']}): {node['html'][:120]}"
            for violation in found if violation["impact"] in SEVERE
            for node in violation["nodes"]]
