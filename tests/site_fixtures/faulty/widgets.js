// One widget without a fault, and one for each fault. Two sliders, i and j,
// with two and three values; frames run with j first.
const right = (i, j) => 3 * i + j;
const WIDGETS = {
  "right": {},
  "wrong-frame": {pick: (i, j) => i + 2 * j},
  "dead-second-slider": {pick: i => 3 * i},
  "wrong-start": {first: 1},
  "late-words": {late: true},
  "silent": {say: () => {}},
  "wrong-words": {say: input => input.setAttribute("aria-valuetext", "0")},
  "missing-picture": {address: k => k === 4 ? "frame-missing.png" : drawn(k)},
  "one-caption": {words: () => "always the same"},
  "too-few-frames": {frames: 5},
  "third-slider": {more: ["third"]},
};
const drawn = k => "data:image/svg+xml," + encodeURIComponent(
  `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">
   <g id="${k}"/></svg>`);
const told = input => input.setAttribute(
  "aria-valuetext", "no. " + input.value);

function build(id, {pick = right, first = 0, late = false,
                    say = told, address = drawn, frames = 6, more = [],
                    words = k => `caption ${k}`}) {
  const data = {
    sliders: [2, 3].map((length, k) => ({name: "ij"[k], start: 0,
      values: Array.from({length}, (_, at) => "no. " + at)})),
    frames: Array.from({length: frames}, (_, k) => (
      {src: address(k), alt: `frame ${k}`, caption: words(k)})),
  };
  const figure = document.createElement("figure");
  Object.assign(figure, {id, className: "explore"});
  figure.innerHTML = `<img width="9" height="9"><figcaption></figcaption>
    <script type="application/json">${JSON.stringify(data)}</script>`;
  const image = figure.querySelector("img");
  const text = figure.querySelector("figcaption");
  const show = (frame, all) => {
    image.src = frame.src;
    if (late && !all) return;
    image.alt = frame.alt;
    text.textContent = frame.caption;
  };
  const inputs = ["i", "j", ...more].map((name, k) => {
    const label = document.createElement("label");
    const input = document.createElement("input");
    Object.assign(input, {type: "range", min: 0, max: k + 1, value: 0});
    input.value = 0;
    say(input);
    input.addEventListener("input", () => {
      say(input);
      show(data.frames[pick(+inputs[0].value, +inputs[1].value)]);
    });
    label.append(name, input);
    figure.append(label);
    return input;
  });
  show(data.frames[first], true);
  document.querySelector("main").append(figure);
}

for (const [id, fault] of Object.entries(WIDGETS)) build(id, fault);
