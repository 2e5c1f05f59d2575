"""Named activations: looking one up, its values in three arithmetics, and the groups by what cannot be fitted."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from numbers import Rational
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from verify.activations.entries import ENTRIES, Entry, leaky
from verify.activations.piecewise import PiecewisePolynomial
from verify.activations.profile import Profile
from verify.errors import DataError, ModelError, NotAvailableError
from verify.rational import format_rational, parse_rational

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "absolute": "abs",
        "arcsinh": "asinh",
        "atan": "arctan",
        "hard_sigmoid": "hardsigmoid",
        "hard_swish": "hardswish",
        "hard_tanh": "hardtanh",
        "linear": "identity",
        "log_sigmoid": "logsigmoid",
        "logistic": "sigmoid",
        "relu_squared": "relu2",
        "squared_relu": "relu2",
        "swish": "silu",
    }
)
"""Other names in use for entries of the table."""

MAX_DIGITS = 1000
"""Longest numerator and denominator of a parameter: beyond it the formula could not be read back as text."""

_PLAIN: Mapping[str, Entry] = MappingProxyType({entry.name: entry for entry in ENTRIES})
_WITH_SLOPE: Mapping[str, Fraction] = MappingProxyType({"leaky_relu": Fraction(1, 100), "prelu": Fraction(1, 4)})
_NAMES = ("relu", *_WITH_SLOPE, *(name for name in _PLAIN if name != "relu"))


@dataclass(frozen=True)
class Activation:
    """A named activation s: R -> R with its parity profile and the reasons for it.

    Made by `activation`; two activations are equal when their names and parameters are.

    Attributes
    ----------
    name : str
        The name in the table (never an alias).
    parameter_items : tuple of (str, Fraction)
        The parameters in the order of their names; `parameters` gives them as a mapping.
    formula : str
        s(x) in SymPy syntax, parameters filled in.
    profile : Profile
        The parity profile.
    even_reason, odd_reason, zero_reason : str
        Why the even part, the odd part and "s(0) is not 0" are what the profile says, one line each.
    pieces : PiecewisePolynomial or None
        The activation as a piecewise polynomial with rational coefficients, if it is one.

    Examples
    --------
    >>> gelu = activation("gelu")
    >>> gelu.profile.odd, gelu.odd_reason
    ((1,), 'o(x) = x/2, since erf is odd')
    """

    name: str
    parameter_items: tuple[tuple[str, Fraction], ...]
    formula: str
    profile: Profile
    even_reason: str
    odd_reason: str
    zero_reason: str
    pieces: PiecewisePolynomial | None

    @staticmethod
    def from_formula(formula: str, **parameters: Rational | int | str) -> Activation:
        """Derive the parity profile of a formula, with its proof, and make an activation of it.

        Parameters
        ----------
        formula : str
            In the variable x, such as ``"max(x, 0) + x**2/3"`` or ``"x*tanh(a*x); a=1/3"``; see ``docs/models.md``.
        **parameters : Fraction, int or str
            Values of named parameters.

        Raises
        ------
        ModelError
            When the text is not a formula, or has a pole, no value, or a complex value somewhere.

        Examples
        --------
        >>> Activation.from_formula("max(x,0) + x**2/3").profile
        Profile(even=(1, 2), odd=(1,), nonzero_at_zero=False)
        """
        from verify.activations.derived import FormulaActivation
        from verify.activations.formula import derive_profile

        return FormulaActivation(derive_profile(formula, **parameters))

    @property
    def undecided(self) -> str:
        """Why no verdict about this activation is possible; empty for every activation of the table."""
        return ""

    @property
    def derivation_steps(self) -> tuple[Mapping[str, Any], ...]:
        """The steps by which the profile was derived from a formula; empty for an activation of the table."""
        return ()

    @property
    def parameters(self) -> Mapping[str, Fraction]:
        """The parameters by name, read-only.

        Examples
        --------
        >>> dict(activation("prelu").parameters)
        {'slope': Fraction(1, 4)}
        """
        return MappingProxyType(dict(self.parameter_items))

    @property
    def piecewise_polynomial(self) -> bool:
        """Whether s is piecewise polynomial with rational coefficients, so that `exact` is available."""
        return self.pieces is not None

    def symbolic(self) -> Any:
        """Give s(x) as a SymPy expression.

        Returns
        -------
        sympy.Expr
            With the one free symbol ``Symbol("x", real=True)``.

        Examples
        --------
        >>> activation("silu").symbolic()
        x/(1 + exp(-x))
        """
        from verify.activations.evaluate import parse

        return parse(self.formula)

    def evaluate(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        """Evaluate in float64, entry by entry.

        Parameters
        ----------
        z : numpy.ndarray of float64
            Of any shape, finite.

        Returns
        -------
        numpy.ndarray of float64
            Of the shape of z. Values beyond the range of float64 are infinite (exp at 1000), values below it are 0;
            neither warns. The accuracy is a few units in the last place times the condition number of s at z.

        Raises
        ------
        NotAvailableError
            When a parameter is too large for float64.

        Examples
        --------
        >>> import numpy as np
        >>> activation("softplus").evaluate(np.array([-1e4, 1e4])).tolist()
        [0.0, 10000.0]
        """
        import numpy as np

        from verify.activations.floating import FLOAT64

        try:
            parameters = {name: float(value) for name, value in self.parameter_items}
        except OverflowError:
            raise NotAvailableError(f"{self} has no float64 values: its parameter exceeds 1.8e308") from None
        with np.errstate(over="ignore", under="ignore"):
            return np.asarray(FLOAT64[self.name](np.asarray(z, dtype=np.float64), **parameters), dtype=np.float64)

    def exact(self, z: Fraction | int) -> Fraction:
        """Evaluate at a rational point, exactly.

        Raises
        ------
        NotAvailableError
            When s is not piecewise polynomial; its values at rational points are then not rational in general.

        Examples
        --------
        >>> activation("leaky_relu").exact(Fraction(-3, 2))
        Fraction(-3, 200)
        """
        if self.pieces is None:
            raise NotAvailableError(f"{self} has no exact rational values: it is not piecewise polynomial; use arb()")
        return self.pieces(Fraction(z))

    def arb(self, z: Any) -> Any:
        """Enclose the values of s on a ball, rigorously.

        Parameters
        ----------
        z : flint.arb
            A ball, which may hold a breakpoint of s. The working precision is the current one of its library.

        Returns
        -------
        flint.arb
            A ball that contains s(t) for every t in z; where nothing is known, the ball NaN, which contains everything.
        """
        from verify.activations.evaluate import enclosure

        return enclosure(self.formula)(z)

    def __str__(self) -> str:
        """Give the name, with the parameters in brackets: ``leaky_relu(slope=1/100)``."""
        inside = ", ".join(f"{name}={format_rational(value)}" for name, value in self.parameter_items)
        return f"{self.name}({inside})" if inside else self.name

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Activation):
            return NotImplemented
        return (self.name, self.parameter_items) == (other.name, other.parameter_items)

    def __hash__(self) -> int:
        return hash((self.name, self.parameter_items))


def names() -> tuple[str, ...]:
    """List the names of the table, ordered by what the activations cannot do.

    Examples
    --------
    >>> names()[:4]
    ('relu', 'leaky_relu', 'prelu', 'abs')
    """
    return _NAMES


def activation(name: str, **parameters: Rational | int | str) -> Activation:
    """Look up an activation by name.

    Parameters
    ----------
    name : str
        One of `names`, or an alias such as ``"swish"``.
    **parameters : Fraction, int or str
        Only ``leaky_relu`` (by default ``slope=1/100``) and ``prelu`` (by default ``slope=1/4``) have one. A text is
        read as a rational: ``"1/100"``, ``"0.01"``.

    Raises
    ------
    ModelError
        When there is no such name (the message has the nearest ones), no such parameter, or a value is not rational:
        a float is refused, because 0.01 as a float is not 1/100.

    Examples
    --------
    >>> str(activation("leaky_relu", slope="-1/10"))
    'leaky_relu(slope=-1/10)'
    >>> activation("leaky_relu", slope=-1).profile == activation("abs").profile
    True
    """
    canonical = ALIASES.get(name, name) if isinstance(name, str) else ""
    if canonical not in _NAMES:
        raise ModelError(_unknown(name))
    allowed = {"slope": _WITH_SLOPE[canonical]} if canonical in _WITH_SLOPE else {}
    for key in parameters:
        if key not in allowed:
            known = "its only parameter is slope" if allowed else "it has none; leave it out"
            raise ModelError(f"{name} has no parameter {key!r}: {known}")
    values = {key: _rational(name, key, parameters[key]) if key in parameters else allowed[key] for key in allowed}
    for key, value in values.items():
        if max(abs(value.numerator), value.denominator) >= 10**MAX_DIGITS:
            raise ModelError(f"{name}: {key} has more than {MAX_DIGITS} digits; write a shorter rational number")
    entry = leaky(canonical, values["slope"]) if allowed else _PLAIN[canonical]
    return Activation(
        name=entry.name,
        parameter_items=tuple(sorted(values.items())),
        formula=entry.formula,
        profile=Profile(entry.even, entry.odd, entry.nonzero_at_zero),
        even_reason=entry.even_reason,
        odd_reason=entry.odd_reason,
        zero_reason=entry.zero_reason,
        pieces=entry.pieces,
    )


def groups() -> dict[str, tuple[Activation, ...]]:
    """Group the named activations, with their default parameters, by what their networks can never fit.

    Returns
    -------
    dict from str to tuple of Activation
        The keys are the sentences `Profile.can_never_fit`; every activation is in exactly one group.

    Examples
    --------
    >>> for sentence, members in groups().items():
    ...     if any(member.name == "softplus" for member in members):
    ...         print(sentence, [member.name for member in members])
    more antipodal pairs than the rank of their directions [f(x) - f(-x) is linear]
    ['softplus', 'logsigmoid', 'squareplus']
    """
    grouped: dict[str, list[Activation]] = {}
    for name in _NAMES:
        member = activation(name)
        grouped.setdefault(member.profile.can_never_fit, []).append(member)
    return {sentence: tuple(members) for sentence, members in grouped.items()}


def _unknown(name: object) -> str:
    if not isinstance(name, str):
        return f"{name!r} is not the name of an activation; write one of {', '.join(_NAMES[:3])}, ... as a text"
    wanted = name.strip().lower().replace("-", "_")
    known = (*_NAMES, *ALIASES)
    candidates = [wanted] if wanted in known else difflib.get_close_matches(wanted, known, n=4, cutoff=0.5)
    nearest = list(dict.fromkeys(ALIASES.get(candidate, candidate) for candidate in candidates))[:3]
    if nearest:
        return f"{name!r} is not a known activation; did you mean {' or '.join(nearest)}?"
    return f"{name!r} is not a known activation; `fullrank activations` lists them"


def _rational(name: str, key: str, value: object) -> Fraction:
    if isinstance(value, float):
        remedy = f'write {key}="{value!r}" (a decimal) or {key}=Fraction(p, q)'
        raise ModelError(f"{name}: {key} = {value!r} is a float, which is not exactly that decimal; {remedy}")
    if isinstance(value, Rational) and not isinstance(value, bool):
        return Fraction(int(value.numerator), int(value.denominator))
    if isinstance(value, str):
        try:
            return parse_rational(value)
        except DataError as error:
            raise ModelError(f"{name}: {key}: {error}") from None
    raise ModelError(f'{name}: {key} = {value!r} is not a rational number; write {key}="p/q" or {key}=Fraction(p, q)')
