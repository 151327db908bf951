"""The mutation operators: each takes one AST node and yields its replacements.

The faults are the classical ones of mutation testing (Offutt et al. 1996, "An experimental determination of
sufficient mutant operators": relational, arithmetic, logical and unary operator replacement), plus those that
contest programs are prone to: bounds, indices, swapped arguments, lost statements. Operators never change the node they
are given, and build replacements that share its children.
"""

import ast
import copy
from collections.abc import Callable, Iterator

Operator = Callable[[ast.AST], Iterator[ast.AST]]

_RELATIONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd,
}
_OPPOSITES = {"min": "max", "max": "min", "any": "all", "all": "any"}


def relational(node: ast.AST) -> Iterator[ast.AST]:
    """``<`` and ``<=``, ``>`` and ``>=``, ``==`` and ``!=``, ``in`` and ``not in``, ``is`` and ``is not`` swap."""
    if isinstance(node, ast.cmpop) and type(node) in _RELATIONS:
        yield _RELATIONS[type(node)]()


def arithmetic(node: ast.AST) -> Iterator[ast.AST]:
    """``a + b`` becomes ``a - b``, and so on for the other arithmetic and bit operators; texts are left alone."""
    if not isinstance(node, ast.BinOp) or _is_text(node.left) or _is_text(node.right):
        return
    if type(node.op) in _ARITHMETIC:
        yield _with(node, op=_ARITHMETIC[type(node.op)]())


def augmented(node: ast.AST) -> Iterator[ast.AST]:
    """``a += b`` becomes ``a -= b``, and ``a = b``."""
    if isinstance(node, ast.AugAssign):
        if type(node.op) in _ARITHMETIC and not _is_text(node.value):
            yield _with(node, op=_ARITHMETIC[type(node.op)]())
        yield ast.Assign(targets=[node.target], value=node.value, lineno=node.lineno)


def constant(node: ast.AST) -> Iterator[ast.AST]:
    """An integer is off by one, either way."""
    if isinstance(node, ast.Constant) and type(node.value) is int:
        yield ast.Constant(node.value + 1)
        yield ast.Constant(node.value - 1)


def boolean(node: ast.AST) -> Iterator[ast.AST]:
    """``True`` and ``False`` swap, and so do ``and`` and ``or``."""
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    if isinstance(node, ast.BoolOp):
        yield _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())


def condition(node: ast.AST) -> Iterator[ast.AST]:
    """The condition of ``if``, ``while``, a conditional expression or a comprehension is negated."""
    if isinstance(node, ast.If | ast.While | ast.IfExp):
        yield _with(node, test=_negated(node.test))
    if isinstance(node, ast.comprehension):
        for position, test in enumerate(node.ifs):
            yield _with(node, ifs=_replaced(node.ifs, position, _negated(test)))


def unary(node: ast.AST) -> Iterator[ast.AST]:
    """``-x`` loses its sign, ``not x`` its negation, ``~x`` its complement."""
    if isinstance(node, ast.UnaryOp) and not isinstance(node.op, ast.UAdd):
        yield node.operand


def deletion(node: ast.AST) -> Iterator[ast.AST]:
    """A simple statement is lost."""
    if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr | ast.Delete | ast.Raise | ast.Assert):
        yield ast.Pass()


def range_bound(node: ast.AST) -> Iterator[ast.AST]:
    """A bound of ``range`` is off by one."""
    if isinstance(node, ast.Call) and _name(node.func) == "range" and not _starred(node.args):
        for position, bound in enumerate(node.args[:2]):
            for shifted in _shifted(bound):
                yield _with(node, args=_replaced(node.args, position, shifted))


def index(node: ast.AST) -> Iterator[ast.AST]:
    """An index, or the bound of a slice, is off by one; constant text keys are left alone."""
    if not isinstance(node, ast.Subscript):
        return
    if isinstance(node.slice, ast.Slice):
        for field in ("lower", "upper"):
            bound = getattr(node.slice, field)
            for shifted in _shifted(bound) if bound else ():
                yield _with(node, slice=_with(node.slice, **{field: shifted}))
    elif not isinstance(node.slice, ast.Tuple) and not _is_text(node.slice):
        for shifted in _shifted(node.slice):
            yield _with(node, slice=shifted)


def result(node: ast.AST) -> Iterator[ast.AST]:
    """``return x`` returns None; ``print`` loses its last argument, or its line break."""
    if isinstance(node, ast.Return) and node.value is not None:
        yield ast.Return(value=None)
    if isinstance(node, ast.Call) and _name(node.func) == "print":
        if node.args:
            yield _with(node, args=node.args[:-1])
        if not any(keyword.arg == "end" for keyword in node.keywords):
            yield _with(node, keywords=[*node.keywords, ast.keyword("end", ast.Constant(""))])


def swapped_arguments(node: ast.AST) -> Iterator[ast.AST]:
    """Two neighbouring positional arguments of a call change places."""
    if isinstance(node, ast.Call) and not _starred(node.args):
        for left in range(len(node.args) - 1):
            first, second = node.args[left : left + 2]
            yield _with(node, args=[*node.args[:left], second, first, *node.args[left + 2 :]])


def extreme(node: ast.AST) -> Iterator[ast.AST]:
    """``min`` and ``max`` swap, and so do ``any`` and ``all``."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in _OPPOSITES:
        yield ast.Name(_OPPOSITES[node.id], node.ctx)


def loop_exit(node: ast.AST) -> Iterator[ast.AST]:
    """``break`` and ``continue`` swap."""
    if isinstance(node, ast.Break):
        yield ast.Continue()
    if isinstance(node, ast.Continue):
        yield ast.Break()


def text(node: ast.AST) -> Iterator[ast.AST]:
    """A string constant changes its case, or gets a character more if it has no letters."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        swapped = node.value.swapcase()
        yield ast.Constant(swapped if swapped != node.value else node.value + "_")


OPERATORS: dict[str, Operator] = {
    operator.__name__: operator
    for operator in (
        relational,
        arithmetic,
        augmented,
        constant,
        boolean,
        condition,
        unary,
        deletion,
        range_bound,
        index,
        result,
        swapped_arguments,
        extreme,
        loop_exit,
        text,
    )
}
"""All operators by name, in the order in which they are tried at each node."""


def _with(node: ast.AST, **fields: object) -> ast.AST:
    """A shallow copy of a node with some fields changed."""
    changed = copy.copy(node)
    for field, value in fields.items():
        setattr(changed, field, value)
    return changed


def _replaced(nodes: list[ast.expr], position: int, node: ast.expr) -> list[ast.expr]:
    return [*nodes[:position], node, *nodes[position + 1 :]]


def _negated(test: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), test)


def _shifted(node: ast.expr) -> tuple[ast.expr, ast.expr]:
    return ast.BinOp(node, ast.Add(), ast.Constant(1)), ast.BinOp(node, ast.Sub(), ast.Constant(1))


def _starred(nodes: list[ast.expr]) -> bool:
    return any(isinstance(node, ast.Starred) for node in nodes)


def _name(node: ast.expr) -> str | None:
    return node.id if isinstance(node, ast.Name) else None


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))
