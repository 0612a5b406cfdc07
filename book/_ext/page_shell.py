"""Small repairs of what surrounds the text."""

from docutils import nodes

PROMPTS = {"prompt_show": "Show solution", "prompt_hide": "Hide solution"}
REPAIRS = {
    # A fold is called what it shows, not by one name for all of them.
    '<summary aria-label="Toggle hidden content">': "<summary>",
    # A list may hold list items only; these are bibliography entries.
    '<div role="list" class="citation-list">': '<div class="citation-list">',
}


def name_solutions(app, doctree):
    """A folded cell that is a solution says so."""
    for cell in doctree.findall(nodes.container):
        if "tag_solution" in cell["classes"] and cell.get("hide_mode"):
            cell.attributes.update(PROMPTS)


def name_notebook(app, pagename, templatename, context, doctree):
    """Tell the template where the page's own notebook lies, if it is one."""
    if context.get("page_source_suffix") == ".ipynb":
        context["notebook"] = context["pathto"](
            f"_sources/{context['sourcename']}", 1)


def mend_markup(app, pagename, templatename, context, doctree):
    for old, new in REPAIRS.items():
        if "body" in context:
            context["body"] = context["body"].replace(old, new)


def setup(app):
    app.connect("doctree-read", name_solutions)
    app.connect("html-page-context", name_notebook)
    app.connect("html-page-context", mend_markup)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
