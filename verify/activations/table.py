"""Activations: their profile with its reasons, and their values in three arithmetics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from numbers import Rational
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from verify.activations.piecewise import PiecewisePolynomial
from verify.activations.profile import Profile
from verify.errors import NotAvailableError
from verify.rational import format_rational

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "absolute": "abs",
        "arcsinh": "asinh",
        "atan": "arctan",
        "exponential": "exp",
        "hard_shrink": "hardshrink",
        "hard_sigmoid": "hardsigmoid",
        "hard_silu": "hardswish",
        "hard_swish": "hardswish",
        "hard_tanh": "hardtanh",
        "hardsilu": "hardswish",
        "heaviside": "step",
        "linear": "identity",
        "log_sigmoid": "logsigmoid",
        "logistic": "sigmoid",
        "relu_squared": "relu2",
        "sgn": "sign",
        "soft_shrink": "softshrink",
        "soft_sign": "softsign",
        "squared_relu": "relu2",
        "swish": "silu",
        "tanh_shrink": "tanhshrink",
    }
)
"""Other names in use for entries of the table."""


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
    >>> from verify.activations import activation
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
        from verify.activations.derived import from_text

        return from_text(formula, parameters)

    @property
    def undecided(self) -> str:
        """Why no verdict about this activation is possible; empty for every activation of the table."""
        return ""

    @property
    def jumps(self) -> tuple[str, ...]:
        """Where s is discontinuous, or not shown to be continuous; empty for every activation of the table."""
        return ()

    @property
    def almost_everywhere(self) -> bool:
        """Whether what the profile says of networks holds for almost all hidden weights only, and not for all."""
        return False

    @property
    def zero_apart(self) -> str:
        """Why no verdict about data with the point x = 0 is possible; empty for every activation of the table."""
        return ""

    @property
    def finite_moments(self) -> bool:
        """Whether s(w.x) and s'(w.x) have finite second moments for normal w, so that the tangent kernel exists."""
        return True

    @property
    def derivation_steps(self) -> tuple[Mapping[str, Any], ...]:
        """The steps by which the profile was derived from a formula; empty for an activation of the table."""
        return ()

    @property
    def parameters(self) -> Mapping[str, Fraction]:
        """The parameters by name, read-only.

        Examples
        --------
        >>> from verify.activations import activation
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
        >>> from verify.activations import activation
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
        >>> from verify.activations import activation
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
        >>> from verify.activations import activation
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
