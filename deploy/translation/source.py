"""The messages that the source names: the contexts and codes in its calls."""

import ast
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, TypeVar

from jinja2.ext import babel_extract

ROOT = Path(__file__).parents[2]
_Node = TypeVar("_Node", bound=ast.AST)
PACKAGES = ("shared", "services", "workflows", "deploy")


PROBLEM = ("problem.title", "problem.detail")
FIELD = ("problem.field",)


class Message(NamedTuple):
    """The key by which a text is looked up, and whether it has singular and plural forms."""

    context: str
    code: str
    plural: bool = False


class Lookup(NamedTuple):
    """How a call names a message: the positions of context (or the contexts it stands for) and code
    among its arguments."""

    context: int | tuple[str, ...]
    code: int


_LOOKUPS: Mapping[str, Lookup] = {
    **dict.fromkeys(("label", "message", "plural_message", "Phrase"), Lookup(0, 1)),
    **dict.fromkeys(("Problem", "too_many"), Lookup(PROBLEM, 1)),
    **dict.fromkeys(("unauthorized", "forbidden", "not_found", "conflict"), Lookup(PROBLEM, 0)),
    **dict.fromkeys(("too_large", "unsupported_media", "unavailable"), Lookup(PROBLEM, 0)),
    **dict.fromkeys(("Refused", "BadMessage"), Lookup(PROBLEM, 0)),
    "FieldError": Lookup(FIELD, 1),
    **dict.fromkeys(("PydanticCustomError", "NotAWorkbook"), Lookup(FIELD, 0)),
    "Fault": Lookup(FIELD, 3),
}
_REFUSALS = ("shared/lifecycle/check.py", "shared/lifecycle/rules.py")
"""The modules whose functions return the code of a refusal, or None."""


def in_source() -> Iterator[Message]:
    """Yield all messages that the packages name, in Python and in templates."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield from in_python(path.read_text())
        for path in sorted((ROOT / package).rglob("templates/**/*.html")):
            yield from in_template(path.read_text())
    for name in _REFUSALS:
        yield from _returned((ROOT / name).read_text())


def in_python(source: str) -> Iterator[Message]:
    """Yield the messages named in a module. A function of the module that passes its parameter on
    as the code of a label counts as a look-up where it is called."""
    tree = ast.parse(source)
    lookups = {**_LOOKUPS, **dict(_passing_on(tree))}
    for call in _all(ast.Call, tree):
        name = _name(call)
        if name in lookups and len(call.args) > lookups[name].code:
            context, code = lookups[name]
            contexts = _literals(call.args[context]) if isinstance(context, int) else context
            for message in contexts:
                for each in _literals(call.args[code]):
                    yield Message(message, each, name == "plural_message")
    # Such a function, called without a code, uses its default.
    for function in _all(ast.FunctionDef, tree):
        if function.name in lookups and lookups[function.name].context == PROBLEM:
            for default in function.args.defaults:
                yield from _problems(_literals(default))


def in_template(source: str) -> Iterator[Message]:
    """Yield the messages named in a Jinja template."""
    for _, _, arguments, _ in babel_extract(io.BytesIO(source.encode()), ["label"], [], {}):
        context, code = arguments[:2] if isinstance(arguments, tuple) else (None, None)
        if context and code:
            yield Message(context, code)


def _returned(source: str) -> Iterator[Message]:
    for function in _all(ast.FunctionDef, ast.parse(source)):
        if function.returns is not None and ast.unparse(function.returns) == "str | None":
            for statement in _all(ast.Return, function):
                yield from _problems(_literals(statement.value))


def _problems(codes: list[str]) -> Iterator[Message]:
    return (Message(context, code) for code in codes for context in PROBLEM)


def _passing_on(tree: ast.Module) -> Iterator[tuple[str, Lookup]]:
    for function in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
        parameters = [each.arg for each in function.args.args]
        for call in _all(ast.Call, function):
            if _name(call) != "label" or len(call.args) < 2:
                continue  # `column.label(name)` is SQL
            if isinstance(call.args[1], ast.Name):
                contexts = tuple(_literals(call.args[0]))
                if contexts and call.args[1].id in parameters:
                    yield function.name, Lookup(contexts, parameters.index(call.args[1].id))


def _all(kind: type[_Node], tree: ast.AST) -> Iterator[_Node]:
    return (node for node in ast.walk(tree) if isinstance(node, kind))


def _name(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _literals(value: ast.expr | None) -> list[str]:
    """Return the texts that an expression can be: one, or either of two by a condition."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return [value.value]
    if isinstance(value, ast.IfExp):
        return _literals(value.body) + _literals(value.orelse)
    return []
