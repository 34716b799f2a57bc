"""Rules of the house that no linter knows."""

import ast
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


def _tracked(pattern: str) -> list[Path]:
    done = subprocess.run(
        ["git", "ls-files", pattern], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / line for line in done.stdout.splitlines()]


def _shadowings(tree: ast.AST) -> list[int]:
    """Lines that import the package `range` by its bare name or give that name to something."""
    lines = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            bound = [alias.asname or alias.name.split(".")[0] for alias in node.names]
            if "range" in bound:
                lines.append(node.lineno)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            if node.id == "range":
                lines.append(node.lineno)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if node.name.lower() == "range":
                lines.append(node.lineno)
        elif isinstance(node, ast.arg) and node.arg == "range":
            lines.append(node.lineno)
    return lines


def test_nothing_shadows_the_builtin_range():
    found = {
        str(path.relative_to(ROOT)): lines
        for path in _tracked("*.py")
        if path.exists() and (lines := _shadowings(ast.parse(path.read_text())))
    }
    assert found == {}


@pytest.mark.parametrize(
    "source",
    ["import range", "import range.plan", "range = 3", "class Range: ...", "def f(range): ..."],
)
def test_the_rule_sees_what_it_forbids(source):
    assert _shadowings(ast.parse(source)) == [1]


@pytest.mark.parametrize("source", ["from range.plan import model", "for i in range(3): ..."])
def test_the_rule_lets_pass_what_is_meant(source):
    assert _shadowings(ast.parse(source)) == []


def test_no_python_file_is_longer_than_four_hundred_lines():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in _tracked("*.py")
        if path.exists() and (lines := len(path.read_text().splitlines())) > 400
    }
    assert long == {}


def test_the_lock_file_names_the_public_index_only():
    registries = {
        line.split('"')[1]
        for line in (ROOT / "uv.lock").read_text().splitlines()
        if line.startswith("source = { registry")
    }
    assert registries == {"https://pypi.org/simple"}


def _untyped(tree: ast.AST) -> list[int]:
    """Lines of functions that lack the type of what they take or return."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (
            node.returns is None
            or any(
                arg.annotation is None
                for arg in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
                if arg.arg not in ("self", "cls")
            )
        )
    ]


def test_modules_that_roles_bring_are_typed():
    """They are no packages of the project, so neither mypy nor ruff looks at them."""
    modules = _tracked("playbooks/roles/*.py")
    assert modules
    found = {
        str(path.relative_to(ROOT)): lines
        for path in modules
        if (lines := _untyped(ast.parse(path.read_text())))
    }
    assert found == {}
