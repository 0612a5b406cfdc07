"""Give every image its alternative text, its size and lazy loading.

A figure's text and size stand in the metadata of its notebook output; the
size of an image from a file is read from that file.
"""

from pathlib import Path
from urllib.parse import quote

import imagesize
from docutils import nodes
from stored_outputs import cells, displays

PNG = "image/png"
KEYS = ("alt", "width", "height")


def is_element(node, kind):
    return (isinstance(node, nodes.container)
            and node.get("nb_element") == kind)


def describe_figures(app, doctree):
    """Carry alt, width and height from the notebook to the image node."""
    path = app.env.doc2path(app.env.docname)
    if not path.endswith(".ipynb"):
        return
    stored = cells(path)
    for cell in doctree.findall(lambda node: is_element(node, "cell_code")):
        bundles = cell.findall(lambda node: is_element(node, "mime_bundle"))
        outputs = displays(stored[cell["cell_index"]])
        shown = [output for output in outputs if shows(output)]
        for bundle, output in zip(bundles, shown, strict=True):
            for image in bundle.findall(nodes.image):
                about = output["metadata"].get(PNG, {})
                image.attributes.update(
                    {key: about[key] for key in KEYS if key in about})


def shows(output):
    """Say whether any of the output's forms is one that a page can show."""
    return any(not mime.startswith("application/") for mime in output["data"])


def size_of(path, node):
    """Return the size in CSS pixels, or nothing where nobody knows it."""
    if "width" in node and "height" in node:
        return node["width"], node["height"]
    width, height = imagesize.get(path)
    return (None, None) if width < 0 else (width, height)


def visit_image(translator, node):
    builder, source = translator.builder, node["uri"]
    width, height = node.get("width"), node.get("height")
    if source in builder.images:
        width, height = size_of(Path(builder.srcdir) / source, node)
        source = f"{builder.imgpath}/{quote(builder.images[source])}"
    translator.body.append(translator.emptytag(
        node, "img", "", src=source, alt=node.get("alt", ""),
        width=width, height=height, loading="lazy"))


def depart_image(translator, node):
    pass


def setup(app):
    app.add_node(nodes.image, override=True,
                 html=(visit_image, depart_image))
    app.connect("doctree-read", describe_figures)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
