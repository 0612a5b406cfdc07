"""What must hold of the built pages, each rule a function that complains.

A rule takes the folder of a built site and returns a list of sentences; an
empty list is a pass. Only the standard library is used.
"""

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

HERE = Path(__file__).parent
SITE = HERE.parent / "_build" / "html"
FAULTY = HERE / "site_fixtures" / "faulty"
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link",
        "meta", "source", "track", "wbr"}
# Code is quoted as it stands, and a formula carries its TeX for tools.
QUOTED = {"pre", "code", "script", "style", "annotation"}
RAW = re.compile(r":::|```|\{[a-z:]+\}`|\$|\\(?:begin|end|frac|text)\b")
CSS_ADDRESS = re.compile(r"url\(['\"]?([^'\")]+)|@import ['\"](.+?)['\"]")
LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src",
          "video": "src", "audio": "src", "embed": "src", "object": "data"}
LOADED_RELATIONS = {"stylesheet", "icon", "preload", "modulepreload",
                    "prefetch", "preconnect", "manifest"}


class Page(HTMLParser):
    """What the rules ask of a page."""

    def __init__(self, path):
        super().__init__()
        self.path, self.open = path, []
        self.ids, self.links, self.loaded, self.images = set(), [], [], []
        self.words, self.described, self.redirect = [], False, False
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag, attributes):
        about = dict(attributes)
        if tag not in VOID:
            self.open.append(tag)
        self.ids.add(about.get("id"))
        if tag == "a" and "href" in about:
            self.links.append(about["href"])
        if tag in LOADED and about.get(LOADED[tag]):
            self.loaded.append(about[LOADED[tag]])
        if tag == "link":
            if LOADED_RELATIONS & set(about.get("rel", "").split()):
                self.loaded.append(about["href"])
        if tag == "img":
            self.images.append(about)
        if tag == "meta":
            self.read_meta(about)

    def read_meta(self, about):
        if about.get("name") == "description":
            self.described = len(about.get("content", "").split()) > 3
        self.redirect |= about.get("http-equiv", "").lower() == "refresh"

    def handle_endtag(self, tag):
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, text):
        if not QUOTED & set(self.open):
            self.words.append(text)


@cache
def pages(site):
    """Return the pages that people read, without mere redirections."""
    folder = Path(site)
    found = [Page(path) for path in sorted(folder.rglob("*.html"))
             if "_static" not in path.relative_to(folder).parts]
    return [page for page in found if not page.redirect]


def names():
    """The addresses of the book's pages, none as long as it is not built."""
    return [page.path.relative_to(SITE).as_posix() for page in pages(SITE)]


def is_outside(address):
    parts = urlsplit(address)
    return bool(parts.netloc) or parts.scheme in ("http", "https", "ws")


def broken_links(site):
    """Links and resources that lead to nothing within the site."""
    by_path = {page.path.resolve(): page for page in pages(site)}
    complaints = []
    for page in pages(site):
        for address in page.links + page.loaded:
            if not is_outside(address) and not urlsplit(address).scheme:
                if not leads_somewhere(page, address, by_path):
                    complaints.append(
                        f"{page.path.name} links to {address}: nothing there")
    return complaints


def leads_somewhere(page, address, by_path):
    parts = urlsplit(address)
    path = page.path.resolve()
    if parts.path:
        path = (path.parent / unquote(parts.path)).resolve()
    if not parts.fragment or path not in by_path:
        return path.is_file()
    return unquote(parts.fragment) in by_path[path].ids


def outside_resources(site):
    """Resources that a page or a stylesheet loads from another host."""
    complaints = [f"{page.path.name} loads {address} from another host"
                  for page in pages(site) for address in page.loaded
                  if is_outside(address)]
    for path in sorted(Path(site).rglob("*.css")):
        for found in CSS_ADDRESS.findall(path.read_text("utf-8")):
            complaints += [f"{path.name} loads {one} from another host"
                           for one in found if is_outside(one)]
    return complaints


def raw_markup(site):
    """Directives, roles and TeX that a reader would see as source."""
    return [f"{page.path.name} shows {hit[0]!r} in {words.strip()[:60]!r}"
            for page in pages(site) for words in page.words
            for hit in RAW.finditer(words)]


def images_without_text(site):
    return [f"{page.path.name} has an image without alt: {image.get('src')}"
            for page in pages(site) for image in page.images
            if not (image.get("alt") or "").strip()]


def images_without_size(site):
    return [f"{page.path.name} has an image without its size, so that the "
            f"page jumps: {image.get('src')}"
            for page in pages(site) for image in page.images
            if not (image.get("width") and image.get("height"))]


def pages_without_description(site):
    return [f"{page.path.name} has no description of its own for search"
            for page in pages(site) if not page.described]
