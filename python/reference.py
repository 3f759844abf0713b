"""Writes the reference of the Python package, docs/python.md, from its annotated source:

    python python/reference.py > docs/python.md
"""

from __future__ import annotations

import ast
import textwrap
from pathlib import Path

HOME = Path(__file__).parent / "spof"

GROUPS = {
    "Scenarios": ["Scenario", "one_server"],
    "Commands": ["simulate", "analyze", "advise", "compare", "sweep", "solve", "open_run", "plot_together"],
    "Results": ["Run", "Comparison", "Sweep", "Solution", "Ledger", "Advice", "Table", "Chart"],
    "Kinds of nodes": [
        "user", "dns", "server", "web_server", "app_server", "database", "load_balancer", "cache", "storage",
        "station", "request",
    ],
    "Errors": ["SpofError", "ScenarioError", "UsageError", "InputOutputError", "Diagnostic"],
}  # fmt: skip

INTRODUCTION = """\
# The Python package

Written by `python/reference.py` from the package's annotated source; a test holds it equal. Keyword arguments are the
options of the command line, with `_` for `-`; `spof simulate --help` and [settings.md](settings.md) tell the rest.
"""

Definition = ast.FunctionDef | ast.ClassDef


def definitions() -> dict[str, Definition]:
    """Everything that the package's modules define, by name."""
    found: dict[str, Definition] = {}
    for path in sorted(HOME.glob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, Definition):
                found[node.name] = node
    return found


def exported() -> list[str]:
    """What `from spof import *` gives."""
    tree = ast.parse((HOME / "__init__.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            names: list[str] = ast.literal_eval(node.value)
            return [name for name in names if not name.startswith("_")]
    raise ValueError("the package does not say what it exports")


def signature(function: ast.FunctionDef, is_method: bool) -> str:
    """As it is called, a parameter in each line if they are many."""
    arguments = function.args
    if is_method and arguments.args and arguments.args[0].arg == "self":
        arguments = ast.arguments(**{**vars(arguments), "args": arguments.args[1:]})
    told = ast.unparse(arguments)
    returns = f" -> {ast.unparse(function.returns)}" if function.returns else ""
    line = f"{function.name}({told}){returns}"
    return line if len(line) <= 100 else f"{function.name}(\n    " + split(arguments) + f",\n){returns}"


def split(arguments: ast.arguments) -> str:
    """One in each line; commas within a type do not count."""
    parts, depth, part = [], 0, ""
    for letter in ast.unparse(arguments):
        depth += letter in "[(" or -(letter in ")]")
        if letter == "," and depth == 0:
            parts.append(part.strip())
            part = ""
        else:
            part += letter
    return ",\n    ".join([*parts, part.strip()])


def described(node: Definition) -> str:
    """The docstring, its examples as code."""
    text = ast.get_docstring(node) or ""
    lines: list[str] = []
    is_code = False
    for line in text.splitlines():
        begins = line.startswith(">>>")
        if begins and not is_code:
            lines.append("```pycon")
            is_code = True
        elif is_code and not line.strip():
            lines.append("```")
            is_code = False
        lines.append(line)
    return "\n".join(lines + ["```"] * is_code)


def is_shown(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef) and not node.name.startswith("_")


def told_function(function: ast.FunctionDef) -> str:
    return f"### `{function.name}`\n\n```python\n{signature(function, False)}\n```\n\n{described(function)}\n"


def told_class(node: ast.ClassDef, known: dict[str, Definition]) -> str:
    """With what it has from its parents."""
    text = f"### `{node.name}`\n\n{described(node)}\n\n"
    members = [member for member in node.body if is_shown(member)]
    for parent in node.bases:
        found = known.get(ast.unparse(parent))
        if isinstance(found, ast.ClassDef) and found.name == "Result":
            members = [member for member in found.body if is_shown(member)] + members
    for member in members:
        assert isinstance(member, ast.FunctionDef)
        decorators = [ast.unparse(decorator) for decorator in member.decorator_list]
        is_value = any("property" in decorator for decorator in decorators)
        returned = ast.unparse(member.returns) if member.returns else "None"
        head = f"{member.name}: {returned}" if is_value else signature(member, "staticmethod" not in decorators)
        head = " ".join(head.split()).replace("( ", "(").replace(", )", ")")
        text += f"- `{head}`  \n{textwrap.indent(first_paragraphs(member), '  ')}\n"
    return text


def first_paragraphs(node: Definition) -> str:
    """Without examples, which are shown for functions and classes."""
    paragraphs = (ast.get_docstring(node) or "").split("\n\n")
    return "\n\n".join(paragraph for paragraph in paragraphs if not paragraph.startswith(">>>"))


def reference() -> str:
    """The whole page."""
    known = definitions()
    grouped = [name for names in GROUPS.values() for name in names]
    assert sorted(grouped) == sorted(exported()), "every exported name stands in one group"
    text = INTRODUCTION
    for group, names in GROUPS.items():
        text += f"\n## {group}\n"
        for name in names:
            node = known[name]
            told = told_class(node, known) if isinstance(node, ast.ClassDef) else told_function(node)
            text += f"\n{told.rstrip()}\n"
    return text


if __name__ == "__main__":
    print(reference(), end="")
