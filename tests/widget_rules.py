"""What must hold of an explorable figure in Chromium: at each position of its
sliders it shows the frame that its own JSON holds for that position.
"""

import json
from math import prod

PATIENCE_MS = 3000
# Frames stand in the order of itertools.product over the sliders' values.
WRONG = """([figure, sliders, frames, at]) => {
  const frame = frames[at.reduce(
    (sum, one, k) => sum * sliders[k].values.length + one, 0)];
  const image = figure.querySelector("img");
  const inputs = [...figure.querySelectorAll("input[type=range]")];
  const url = address => new URL(address, document.baseURI).href;
  const shown = [
    ["caption", figure.querySelector("figcaption").textContent,
     frame.caption],
    ["picture", url(image.getAttribute("src")), url(frame.src)],
    ["picture drawn", image.complete && image.naturalWidth > 0
     && image.currentSrc, url(frame.src)],
    ["alt", image.alt, frame.alt],
    ...inputs.map((input, k) => ["aria-valuetext of " + sliders[k].name,
      input.getAttribute("aria-valuetext"), sliders[k].values[at[k]]]),
  ];
  return shown.filter(([, is, due]) => is !== due)
    .map(([part, is, due]) => `${part}: ${is}, not ${due}`);
}"""
RIGHT = f"state => ({WRONG})(state).length === 0"
DATA = 'script[type="application/json"]'


def wrong_widgets(page):
    """What every widget of a page does wrong when its sliders are moved."""
    for figure in page.tab.query_selector_all("figure.explore"):
        name = figure.get_attribute("id") or "without id"
        yield from (f"widget {name}: {told}"
                    for told in complaints(page.tab, figure))


def complaints(tab, figure):
    data = figure.query_selector(DATA)
    inputs = figure.query_selector_all("input[type=range]")
    if data is None or not inputs:
        return ["it has no slider, or no frames"]
    data = json.loads(data.text_content())
    sliders, frames = data["sliders"], data["frames"]
    if len(inputs) != len(sliders):
        return [f"{len(inputs)} sliders, not {len(sliders)}"]
    if len(frames) != prod(len(one["values"]) for one in sliders):
        return [f"{len(frames)} frames are not one for each position"]
    figure.scroll_into_view_if_needed()
    return swept(tab, [figure, sliders, frames], inputs)


def swept(tab, widget, inputs):
    """The first wrong state on the way through all values of each slider."""
    sliders = widget[1]
    at = [slider["start"] for slider in sliders]
    if wrong := differences(tab, [*widget, at]):
        return wrong
    for k, slider in enumerate(sliders):
        captions = set()
        inputs[k].focus()
        for at[k] in range(len(slider["values"])):
            tab.keyboard.press("ArrowRight" if at[k] else "Home")
            if wrong := differences(tab, [*widget, at]):
                return wrong
            captions.add(
                widget[0].query_selector("figcaption").text_content())
        if len(captions) == 1:
            return [f"{slider['name']} was moved and nothing changed"]
    return []


def differences(tab, state):
    """What differs from the frame that is due, once it had time to load."""
    from playwright.sync_api import TimeoutError

    try:
        tab.wait_for_function(RIGHT, arg=state, timeout=PATIENCE_MS)
    except TimeoutError:
        _, sliders, _, at = state
        where = ", ".join(f"{slider['name']} = {slider['values'][here]}"
                          for slider, here in zip(sliders, at, strict=True))
        return [f"at {where}, {told}" for told in tab.evaluate(WRONG, state)]
    return []
