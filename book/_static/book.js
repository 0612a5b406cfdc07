// What scrolls sideways can be scrolled from the keyboard, and only that.
const SCROLLERS = document.querySelectorAll(
  ".scrolls, .pst-scrollable-table-container, .bd-article pre");

function reach(element) {
  const wide = element.scrollWidth > element.clientWidth + 1;
  if (wide) element.tabIndex = 0;
  else element.removeAttribute("tabindex");
}

const sizes = new ResizeObserver(entries =>
  entries.forEach(entry => reach(entry.target)));
SCROLLERS.forEach(one => sizes.observe(one));
// A font that arrives late widens what is inside, but not the box.
document.fonts.addEventListener("loadingdone", () => SCROLLERS.forEach(reach));
