"""One YAML file as plain data, with the place of every key and value.

Only the scalars of YAML's core schema are known: `yes`, `on`, `12:30` and dates stay texts. What
costs time or memory, or hides what a reader sees, is refused: tags, anchors and aliases, duplicate
keys, several documents, too large, too deep.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import yaml
from yaml.cyaml import CParser  # type: ignore[attr-defined, unused-ignore]

from range.errors import InvalidInput, Problem

MAX_BYTES = 4 * 2**20
MAX_DEPTH = 40
MAX_VALUES = 500_000
MAX_COMPLAINTS = 1000

_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,18})|0o[0-7]{1,20}|0x[0-9a-fA-F]{1,16}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]{1,3})?")
_NUMBER_START = frozenset("0123456789+-.")
_MAYBE_ANCHOR = re.compile(r"(?:^|[\s,\[{:-])[&*][^\s&*,\]}]", re.MULTILINE)

Path_ = Sequence[str | int]


class _Refused(Exception):
    """Stops the parser; `line` and `column` count from 0."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.message, self.line, self.column = message, line, column


class _Composer(CParser):  # type: ignore[misc, unused-ignore]
    """Builds nodes in C. A node's tag is the Python type of its value, or a str if it had a tag."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0
        self._values = 0

    def resolve(self, kind: type, value: str | None, implicit: Any) -> type:
        if kind is yaml.MappingNode:
            return dict
        if kind is yaml.SequenceNode:
            return list
        if not implicit[0]:
            return str
        assert value is not None
        if value in _BOOL:
            return bool
        if value in _NULL:
            return type(None)
        if value[0] in _NUMBER_START:
            if _INT.fullmatch(value):
                return int
            if _FLOAT.fullmatch(value):
                return float
        return str

    def descend_resolver(self, parent: Any, index: Any) -> None:
        self._depth += 1
        self._values += 1
        if self._depth > MAX_DEPTH:
            mark = parent.start_mark
            raise _Refused(
                f"nested deeper than {MAX_DEPTH} levels; make it flatter", mark.line, mark.column
            )
        if self._values > MAX_VALUES:
            mark = parent.start_mark
            raise _Refused(
                f"more than {MAX_VALUES} values in one file; split it", mark.line, mark.column
            )

    def ascend_resolver(self) -> None:
        self._depth -= 1


def _int(text: str) -> int:
    return int(text, 0) if text[:2] in ("0x", "0o") else int(text)


_SCALARS: dict[type, Callable[[str], Any]] = {
    str: str,
    bool: _BOOL.__getitem__,
    int: _int,
    float: float,
    type(None): lambda _: None,
}


class Document:
    """A file's data (`data`), and where each part of it stands.

    Nodes take twenty times the memory of their text. They are let go once there is data, and made
    again when the place of a mistake is asked for.
    """

    def __init__(
        self, file: str, text: str, root: yaml.Node | None, problems: list[Problem]
    ) -> None:
        self.file = file
        self._text = "" if root is None else text
        self._root = root
        self._problems = problems
        self._complaints = 0
        self._children: dict[int, dict[str | int, tuple[yaml.Node, yaml.Node]]] = {}
        self.data: Any = None if root is None else self._construct(root)
        self._root = None
        self._children = {}

    def place(self, path: Path_, *, key: bool = False) -> tuple[int, int]:
        """Line and column, from 1, of the value at `path`, or of its key; as far as it exists."""
        if self._root is None and self._text:
            self._root = _compose(self._text)
        if self._root is None:
            return 0, 0
        label = value = self._root
        for part in path:
            found = self._below(value).get(part)
            if found is None:
                key = True
                break
            label, value = found
        mark = (label if key else value).start_mark
        return mark.line + 1, mark.column + 1

    def problem(self, path: Path_, message: str, *, key: bool = False) -> Problem:
        """A mistake at the value (or key) at `path`."""
        return Problem(self.file, *self.place(path, key=key), message)

    def _below(self, node: yaml.Node) -> dict[str | int, tuple[yaml.Node, yaml.Node]]:
        known = self._children.get(id(node))
        if known is None:
            if isinstance(node, yaml.MappingNode):
                known = {
                    label.value: (label, value)
                    for label, value in reversed(node.value)
                    if isinstance(label, yaml.ScalarNode)
                }
            elif isinstance(node, yaml.SequenceNode):
                known = {index: (item, item) for index, item in enumerate(node.value)}
            else:
                known = {}
            self._children[id(node)] = known
        return known

    def _complain(self, node: yaml.Node, message: str) -> None:
        self._complaints += 1
        if self._complaints > MAX_COMPLAINTS:
            return
        if self._complaints == MAX_COMPLAINTS:
            message = "and more mistakes from here on; mend those above first"
        mark = node.start_mark
        self._problems.append(Problem(self.file, mark.line + 1, mark.column + 1, message))

    def _construct(self, node: Any) -> Any:
        tag = node.tag
        if tag is str:
            text = node.value
            if text[:1] == "0" and not node.style and text.isdigit() and len(text) > 1:
                self._complain(node, f"{text} starts with a zero; write '{text}' or {int(text)}")
            return text
        if tag is dict:
            return self._mapping(node)
        if tag is list:
            return [self._construct(item) for item in node.value]
        if isinstance(tag, str):
            self._complain(node, f"tags such as {_short(tag)} are not allowed; remove it")
            return self._untagged(node)
        return _SCALARS[tag](node.value)

    def _untagged(self, node: Any) -> Any:
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node)
        if isinstance(node, yaml.SequenceNode):
            return [self._construct(item) for item in node.value]
        return node.value

    def _mapping(self, node: yaml.MappingNode) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for label, value in node.value:
            if not isinstance(label, yaml.ScalarNode) or isinstance(label.tag, str):
                self._complain(label, "a key must be a plain text")
                continue
            name = label.value
            if name in data:
                line = self._below(node)[name][0].start_mark.line + 1
                self._complain(label, f"'{_short(name)}' is given twice; first on line {line}")
                continue
            if name == "<<" and not label.style:
                self._complain(label, "merge keys (<<) are not allowed; write the keys out")
                continue
            data[name] = self._construct(value)
        return data


def _short(text: str, limit: int = 60) -> str:
    text = "".join(letter if letter.isprintable() else "?" for letter in text[: limit + 1])
    return text if len(text) <= limit else text[:limit] + "..."


def parse(text: str, file: str, problems: list[Problem]) -> Document:
    """Parse YAML; mistakes are added to `problems` and what can be read is still read."""
    try:
        root = _compose(text)
    except _Refused as refused:
        problems.append(Problem(file, refused.line + 1, refused.column + 1, refused.message))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problems.append(Problem(file, line, column, f"not YAML: {_reason(error)}"))
    except yaml.YAMLError as error:
        problems.append(Problem(file, *_reader_place(text), f"not YAML: {_short(str(error))}"))
    else:
        return Document(file, text, root, problems)
    return Document(file, "", None, problems)


def _reason(error: yaml.MarkedYAMLError) -> str:
    reason = error.problem or "it cannot be read"
    if "\\t" in reason or "found character that cannot start any token" in reason:
        return "a character that cannot start a value (a tab?); indent with spaces, quote the text"
    if "mapping values are not allowed" in reason:
        return "a second ': ' on one line, or wrong indentation; put quotes around the text"
    if "could not find expected ':'" in reason:
        return "a key without ': '; add it, or indent the text further"
    if "expected <document start>" in reason or "but found another document" in reason:
        return "more than one document; keep one"
    context = f" {error.context}" if error.context else ""
    return f"{_short(reason)}{context}"


def _reader_place(text: str) -> tuple[int, int]:
    """Place of the first character that YAML does not allow."""
    match = re.search(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text)
    before = text[: match.start()] if match else ""
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _compose(text: str) -> yaml.Node | None:
    if _MAYBE_ANCHOR.search(text):
        _refuse_anchors(text)
    composer = _Composer(text)
    try:
        root: yaml.Node | None = composer.get_single_node()
        return root
    finally:
        composer.dispose()


def _refuse_anchors(text: str) -> None:
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        name = getattr(event, "anchor", None)
        mark: Any = event.start_mark
        if name:
            what = f"aliases (*{_short(name)})"
            if not isinstance(event, yaml.AliasEvent):
                what = f"anchors (&{_short(name)})"
            message = f"{what} are not allowed; write the value out"
            raise _Refused(message, mark.line, mark.column)


def read(path: Path, file: str, problems: list[Problem], *, inside: Sequence[Path]) -> Document:
    """Read a file that must really lie in one of the folders `inside`, links followed."""
    try:
        real = path.resolve(strict=True)
        if not any(real.is_relative_to(folder.resolve()) for folder in inside):
            problems.append(Problem(file, 0, 0, "leads out of the scenario's folder; copy it in"))
            return Document(file, "", None, problems)
        if not real.is_file():
            problems.append(Problem(file, 0, 0, "is not a regular file"))
            return Document(file, "", None, problems)
        with real.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except (OSError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "links lead in a circle"
        problems.append(Problem(file, 0, 0, f"cannot be read: {reason}"))
        return Document(file, "", None, problems)
    if len(content) > MAX_BYTES:
        line = content.count(b"\n") + 1
        problems.append(Problem(file, line, 1, "larger than 4 MiB; split it into sections"))
        return Document(file, "", None, problems)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        problems.append(Problem(file, line, column, "not UTF-8; save the file as UTF-8"))
        return Document(file, "", None, problems)
    return parse(text, file, problems)


def require(problems: list[Problem]) -> None:
    """Raise InvalidInput if there are problems."""
    if problems:
        raise InvalidInput(problems)
