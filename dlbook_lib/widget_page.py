"""The page of an explorable figure: what stands without a kernel.

    <figure class="explore" id="explore-HASH">
    <img src="data:image/png;base64,..." alt="..." width="..." height="...">
    <figcaption aria-live="polite">caption</figcaption>
    <script type="application/json">
    {"sliders": [{"name", "values": [text], "start"}],
     "frames": [{"src", "alt", "caption"}]}
    </script>
    <script>...</script>
    </figure>

Frames stand in the order of itertools.product over the sliders' values. The
script makes the sliders, so without scripts no dead slider stays behind.
"""

import hashlib
import html
import json

SCRIPT = """<script>
(figure => {
  const {sliders, frames} = JSON.parse(figure.querySelector(
    'script[type="application/json"]').textContent);
  const image = figure.querySelector("img");
  const caption = figure.querySelector("figcaption");
  const inputs = sliders.map(({name, values, start}) => {
    const label = document.createElement("label");
    const input = document.createElement("input");
    const value = document.createElement("output");
    Object.assign(input, {type: "range", min: 0, max: values.length - 1});
    input.value = start;
    input.say = () => {
      value.textContent = values[input.value];
      input.setAttribute("aria-valuetext", values[input.value]);
    };
    input.say();
    input.addEventListener("input", () => {
      input.say();
      const frame = frames[inputs.reduce(
        (at, one) => at * (+one.max + 1) + +one.value, 0)];
      Object.assign(image, {src: frame.src, alt: frame.alt});
      caption.textContent = frame.caption;
    });
    label.append(name + " ", input, " ", value);
    caption.before(label);
    return input;
  });
})(document.currentScript.parentElement);
</script>"""


def label(name):
    """A keyword as a reader reads it."""
    return name.strip("_").replace("_", " ")


def say(value):
    """A slider's value as a reader reads it."""
    return value if isinstance(value, str) else f"{value:.3g}"


def picture(frame):
    """The <img> and <figcaption> of a frame."""
    return (
        f'<img src="{frame["src"]}" alt="{html.escape(frame["alt"])}" '
        f'width="{frame["width"]}" height="{frame["height"]}">\n'
        f'<figcaption aria-live="polite">{html.escape(frame["caption"])}'
        "</figcaption>"
    )


def page_html(alt, values, start, frames):
    """The figure for a page without a kernel."""
    data = {
        "sliders": [
            {"name": label(name), "values": [say(value) for value in grid],
             "start": grid.index(start[name])}
            for name, grid in values.items()
        ],
        "frames": [
            {key: frame[key] for key in ("src", "alt", "caption")}
            for frame in frames.values()
        ],
    }
    # Of words only: another font's pixels leave the page's anchor alone.
    identity = hashlib.sha256(in_words(alt, values, frames).encode())
    return (
        f'<figure class="explore" id="explore-{identity.hexdigest()[:8]}">\n'
        f"{picture(frames[tuple(start.values())])}\n"
        '<script type="application/json">\n'
        + json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
        + f"\n</script>\n{SCRIPT}\n</figure>"
    )


def in_words(alt, values, frames):
    """The widget as text: its sliders and every caption."""
    lines = [alt, *(
        f"slider {label(name)}: {', '.join(map(say, grid))}"
        for name, grid in values.items()
    )]
    for point, frame in frames.items():
        lines.append(f"  {', '.join(map(say, point))}: {frame['caption']}")
    return "\n".join(lines)
