"""Write the frames of the widgets out as files beside the page's images.

A notebook must hold its frames within itself; a page should fetch only the
frame that is looked at. So every inline PNG of a page's body becomes a file.
"""

import re
from base64 import b64decode
from hashlib import sha256
from pathlib import Path

INLINE_PNG = re.compile(r"data:image/png;base64,([A-Za-z0-9+/]+={0,2})")


def write_frame(folder, data):
    """Write the image unless it is there, and return its file's name."""
    name = f"frame-{sha256(data).hexdigest()[:16]}.png"
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(data)
    return name


def move_frames(app, pagename, templatename, context, doctree):
    folder = Path(app.outdir) / app.builder.imagedir

    def address(match):
        name = write_frame(folder, b64decode(match[1], validate=True))
        return context["pathto"](f"{app.builder.imagedir}/{name}", 1)

    if "body" in context:
        context["body"] = INLINE_PNG.sub(address, context["body"])


def setup(app):
    app.connect("html-page-context", move_frames)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
