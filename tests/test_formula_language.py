"""The formula language: what it reads, exactly, and that everything else is refused, quickly and with the place."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import pytest

from verify.activations.formula.language import parse_formula
from verify.activations.formula.nodes import Node
from verify.activations.formula.reader import CALLS, MAX_DEPTH, MAX_EXPONENT, MAX_LENGTH, MAX_NODES
from verify.errors import ModelError


def exact(text: str, x: Fraction = Fraction(0)) -> Fraction:
    from verify.activations.formula.evaluators import FormulaValues

    return FormulaValues(parse_formula(text).tree).exact(x)


@pytest.mark.parametrize(
    ("text", "x", "value"),
    [
        ("0.1", "0", "1/10"),
        ("1/3 + 1/6", "0", "1/2"),
        ("2.5e-3", "0", "1/400"),
        (".5 + 1.", "0", "3/2"),
        ("-x**2", "3", "-9"),
        ("(-x)**2", "3", "9"),
        ("2**3**2 - 500", "0", "12"),
        ("-2**2", "0", "-4"),
        ("2**-2", "0", "1/4"),
        ("x^2 + 1", "3", "10"),
        ("1 - 2 - 3", "0", "-4"),
        ("12/2/3", "0", "2"),
        ("+x - -x", "5", "10"),
        ("x**0", "0", "1"),
        ("x**1", "7", "7"),
        ("max(x, 1, 5)", "3", "5"),
        ("min(x, 1, 5)", "3", "1"),
        ("Max(x, 0) + Min(x, 0) + Abs(x)", "-2", "0"),
        ("sign(x)*abs(x)", "-2", "-2"),
        ("sign(x)", "0", "0"),
        ("relu(x) - relu(-x)", "-4", "-4"),
        ("clip(x, -1, 2)", "7", "2"),
        ("where(x > 0, 1, 2)", "0", "2"),
        ("where(x >= 0, 1, 2)", "0", "1"),
        ("where(x < 0, 1, 2)", "0", "2"),
        ("where(x <= 0, 1, 2)", "0", "1"),
        ("where(x == 3, 1, 2)", "3", "1"),
        ("where(x != 3, 1, 2)", "3", "2"),
        ("where(-1 < x <= 1, 1, 2)", "1", "1"),
        ("where(-1 < x <= 1, 1, 2)", "-1", "2"),
        ("where(x > 0 and x < 2, 1, 2)", "1", "1"),
        ("where(x > 0 and x < 2, 1, 2)", "2", "2"),
        ("where(x < 0 or x > 2, 1, 2)", "3", "1"),
        ("where(x < 0 or x > 2, 1, 2)", "-1", "1"),
        ("where(x < 0 or x > 2, 1, 2)", "1", "2"),
        ("where(not x > 0, 1, 2)", "0", "1"),
        ("where(not (x > 0 or x < -2), 1, 2)", "-3", "2"),
        ("where(3 > x, 1, 2)", "2", "1"),
        ("piecewise((x, x > 0), (-x, True))", "-3", "3"),
        ("piecewise((1, x > 2), (2, x > 1), (3, True))", "3/2", "2"),
        ("Piecewise((1, x > 2), (3, True))", "3", "1"),
        ("a*x + b; a = 1/2; b=-0.25", "1", "1/4"),
        ("a*x; a = 2*3", "1", "6"),
    ],
)
def test_what_formulas_mean(text: str, x: str, value: str) -> None:
    assert exact(text, Fraction(x)) == Fraction(value)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("e**x", "exp(x)"),
        ("2**x", "exp(x*log(2))"),
        ("log1p(x)", "log(1 + x)"),
        ("expm1(x)", "exp(x) - 1"),
        ("arctan(x) + arcsinh(x) + ln(x)", "atan(x) + asinh(x) + log(x)"),
        ("x/(x/2)", "x/(x/2)"),
        ("x - (1 - x)", "x - (1 - x)"),
        ("x**(1/2)", "x**(1/2)"),
        ("0*log(x)", "0*log(x)"),
    ],
)
def test_trees(text: str, tree: str) -> None:
    """Nothing is simplified away: 0*log(x) must still be refused where log(x) has no value."""
    assert str(parse_formula(text).tree) == tree


@pytest.mark.parametrize(
    "text", ["x - (1 - x)", "x/(x/2)", "-(x + 1)**2", "(x**2)**(1/2)", "2*(x + 1)/3 - -x", "(1/3)**x"]
)
def test_a_tree_reads_back_as_itself(text: str) -> None:
    tree = parse_formula(text).tree
    assert parse_formula(str(tree)).tree == tree


def test_parameters() -> None:
    formula = parse_formula("max(x, 0) + slope*min(x, 0)", slope="0.25")
    assert formula.parameters == (("slope", Fraction(1, 4)),)
    assert str(formula) == "max(x, 0) + slope*min(x, 0); slope=1/4"
    again = parse_formula(str(formula))
    assert again == formula
    assert parse_formula("b*x + a", a=1, b=Fraction(1, 3)).parameters == (("a", Fraction(1)), ("b", Fraction(1, 3)))


@pytest.mark.parametrize(
    ("text", "parameters", "message"),
    [
        ("a*x", {}, "give it a value"),
        ("a*x", {"a": 0.1}, 'a="0.1"'),
        ("a*x", {"a": True}, "not a rational number"),
        ("a*x", {"a": None}, "not a rational number"),
        ("a*x", {"a": "x"}, "not a rational number"),
        ("a*x", {"a": "pi"}, "not a rational number"),
        ("a*x", {"a": "__import__('os')"}, "not in the language"),
        ("a*x", {"a": 10**60}, "more than 60 digits"),
        ("a*x; a=1", {"a": 1}, "two values"),
        ("a*x; a=1; a=1", {}, "two values"),
        ("a*x; a", {}, "name = value"),
        ("a*x; a=", {}, "empty"),
        ("x", {"a": 1}, "does not occur"),
        ("x; x=1", {}, "cannot name a parameter"),
        ("x; pi=3", {}, "cannot name a parameter"),
        ("x; sin=3", {}, "cannot name a parameter"),
        ("x; _a=3", {}, "cannot name a parameter"),
        ("x; a b=3", {}, "cannot name a parameter"),
    ],
)
def test_bad_parameters(text: str, parameters: dict[str, object], message: str) -> None:
    with pytest.raises(ModelError, match="formula: ") as caught:
        parse_formula(text, **parameters)  # type: ignore[arg-type]
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


HOSTILE = {
    "call": "__import__('os').system('true')",
    "builtin": "open('file')",
    "eval": "eval('1')",
    "exec": "exec(x)",
    "getattr": "getattr(x, 'real')",
    "dunder name": "__name__",
    "dunder attribute": "x.__class__",
    "attribute": "x.real",
    "attribute of a number": "(1).real",
    "method": "sin(x).subs(x, 1)",
    "subscript": "x[0]",
    "lambda": "lambda: x",
    "called lambda": "(lambda x: x)(x)",
    "list": "[x]",
    "tuple": "(x, x)",
    "set": "{x}",
    "dictionary": "{x: x}",
    "list comprehension": "[x for x in x]",
    "generator": "max(x for x in x)",
    "conditional": "x if x else 0",
    "walrus": "(x := 3)",
    "walrus in a call": "sin(y := x)",
    "f-string": "f'{x}'",
    "string": "'x'",
    "bytes": "b'x'",
    "joined strings": "'x' 'y'",
    "none": "None",
    "true": "True + x",
    "ellipsis": "...",
    "starred": "max(*x)",
    "double starred": "max(**x)",
    "keyword": "max(x, key=x)",
    "await": "await x",
    "yield": "(yield x)",
    "boolean": "x and x",
    "comparison": "x > 0",
    "assignment": "x = 1",
    "import": "import os",
    "two statements": "x\nx",
    "carriage return": "x\rx",
    "tab": "x\t+ 1",
    "null": "x\0",
    "backslash": "x \\",
    "comment": "x # comment",
    "complex": "1j*x",
    "hexadecimal": "0x10*x",
    "octal": "0o7*x",
    "underscore": "1_000*x",
    "number and name": "1if x else 2",
    "matrix product": "x @ x",
    "floor": "x // 2",
    "modulo": "x % 2",
    "shift": "x << 2",
    "bit": "x | 1",
    "inversion": "~x",
    "tower": "9**9**9",
    "deep tower": "9**9**9**9**9**9",
    "power of a power": "(9**60)**60*x",
    "power of x": f"x**{MAX_EXPONENT + 1}",
    "powers of x": "((x**10)**10)*x",
    "negative power": "x**-101",
    "root of high order": "abs(x)**(1/101)",
    "float exponent": "x**1e9",
    "huge exponent": "1e999999999*x",
    "huge number": "9" * 1000 + "*x",
    "many digits in a decimal": "0." + "1" * 100,
    "parentheses": "(" * 100_000 + "x" + ")" * 100_000,
    "open parentheses": "(" * 100_000,
    "parentheses within the length": "(" * (MAX_DEPTH + 1) + "x" + ")" * (MAX_DEPTH + 1),
    "brackets": "[" * 500,
    "signs": "-" * 1500 + "x",
    "nested calls": "sin(" * 200 + "x" + ")" * 200,
    "long sum": "+".join(["x"] * MAX_NODES),
    "long": "x" + " " * MAX_LENGTH,
    "long power tower": "**".join(["x"] * 300),
    "long comparison": "where(" + "<".join(["x"] * 400) + ", 1, 2)",
    "nested not": "where(" + "not " * 300 + "x > 0, 1, 2)",
    "fullwidth x": "\uff58",  # normalised by Python's grammar to x
    "fullwidth function": "\uff53in(x)",
    "mathematical italic": "\U0001d465**2",
    "cyrillic": "\u0445",
    "superscript": "x\u00b2",
    "minus sign": "x \u2212 1",
    "arabic digit": "x*\u0663",
    "zero width": "x\u200b",
    "function without arguments": "sin()",
    "function as a value": "sin",
    "function of two": "sin(x, x)",
    "max of one": "max(x)",
    "where of two": "where(x > 0, x)",
    "where without a condition": "where(x, 1, 2)",
    "membership": "where(x in x, 1, 2)",
    "identity": "where(x is x, 1, 2)",
    "true condition": "where(True, 1, 2)",
    "piecewise without a last case": "piecewise((x, x > 0))",
    "piecewise without pairs": "piecewise(x, x)",
    "piecewise of nothing": "piecewise()",
    "unknown function": "gamma(x)",
    "implicit product": "2x",
    "called number": "2(x)",
    "open": "sin(x",
    "closed": "x)",
    "operator": "x +",
    "empty": "",
    "blank": "   ",
    "only a parameter": "; a=1",
    "division by zero": "x + 1/0",
    "zero to a negative power": "x + 0**-1",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_refused_at_once(name: str) -> None:
    before = time.perf_counter()
    with pytest.raises(ModelError) as caught:
        parse_formula(HOSTILE[name])
    elapsed = time.perf_counter() - before
    message = str(caught.value)
    assert message.startswith("formula: ")
    assert len(message) < 400
    assert message.isascii()
    assert "\n" not in message
    assert elapsed < 0.25  # milliseconds; the bound leaves room for a busy machine


def test_hostile_texts_end_in_a_process_of_their_own() -> None:
    """The same texts under a time limit that ends what hangs instead of waiting for it."""
    program = (
        "import json, sys\n"
        "from verify.activations.formula.language import parse_formula\n"
        "from verify.errors import ModelError\n"
        "for text in json.load(sys.stdin):\n"
        "    try: parse_formula(text)\n"
        "    except ModelError: print('refused')\n"
    )
    root = Path(__file__).resolve().parent.parent
    texts = json.dumps(list(HOSTILE.values()))
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=root, input=texts, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.stderr == ""
    assert done.stdout.split() == ["refused"] * len(HOSTILE)


@pytest.mark.parametrize("text", [None, 3, b"x", ["x"], 1.5])
def test_what_is_no_text(text: object) -> None:
    with pytest.raises(ModelError, match="is not a text"):
        parse_formula(text)  # type: ignore[arg-type]


def test_messages_have_the_place() -> None:
    with pytest.raises(ModelError, match=r"'y' at character 5"):
        parse_formula("x + y")
    with pytest.raises(ModelError, match=r"character 3 is '\\u2212'"):
        parse_formula("x \u2212 1")
    with pytest.raises(ModelError, match="functions are abs, asinh, atan"):
        parse_formula("gamma(x)")


def test_reading_loads_neither_sympy_nor_numpy() -> None:
    program = (
        "import sys; from verify.activations.formula import parse_formula; parse_formula('x*tanh(log(1 + exp(x)))');"
        "print([m for m in ('numpy', 'scipy', 'sympy', 'mpmath', 'flint') if m in sys.modules])"
    )
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_every_function_of_the_language_is_read() -> None:
    arguments = {
        "max": "x, 1",
        "min": "x, 1",
        "clip": "x, 0, 1",
        "where": "x > 0, 1, 2",
        "piecewise": "(x, x > 0), (1, True)",
    }
    for name in CALLS:
        assert parse_formula(f"{name}({arguments.get(name, 'x')})").tree is not None


def test_nodes_are_immutable_values() -> None:
    tree = parse_formula("sin(x) + 1").tree
    assert tree == parse_formula("sin( x )+1").tree
    assert hash(tree) == hash(parse_formula("sin(x)+1").tree)
    assert tree != parse_formula("sin(x) + 2").tree
    assert tree != "sin(x) + 1"
    with pytest.raises(AttributeError, match="immutable"):
        tree.op = "mul"
    assert repr(Node("x")) == "Node(x)"
