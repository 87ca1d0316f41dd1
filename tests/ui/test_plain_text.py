"""No page makes HTML of what people wrote: every place where markup is made is known, and says why it may be."""

import ast
import re
from pathlib import Path

UI = Path(__file__).parents[2] / "ui"
HTML = {
    ("comparing.py", "html"): "every character is escaped in `sides`",
    ("conflict.py", "html"): "as comparing.py",
    ("reading_pane.py", "html"): "every character is escaped there",
    ("second_factor.py", "html"): "a picture of squares",
    ("theme.py", "add_head_html"): "addresses of our own files",
    ("calendarpage.py", "add_head_html"): "addresses of our own files",
    ("templatespage.py", "add_head_html"): "addresses of our own files",
}
MAKERS = {"html", "markdown", "add_head_html", "add_body_html", "restructured_text", "mermaid"}
SCRIPTS = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|v-html")


def test_markup_is_made_only_where_it_is_known_to_be_safe():
    made = set()
    for file in sorted(UI.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MAKERS:
                made.add((file.name, node.func.attr))
            if isinstance(node, ast.keyword) and node.arg == "html":
                made.add((file.name, "html="))
    assert made == set(HTML)


def test_no_script_and_no_template_of_ours_puts_text_in_as_markup():
    files = [*UI.glob("static/*.js"), *UI.glob("*.py")]
    assert {f.name: found for f in files if (found := SCRIPTS.findall(f.read_text("utf-8")))} == {}
