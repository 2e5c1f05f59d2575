"""The parity profile of an activation: the three facts about it that decide which data a network can fit.

Split an activation into its even part ``e(x) = (s(x) + s(-x))/2`` and its odd part ``o(x) = (s(x) - s(-x))/2``. Both
are determined by their values on x > 0. For a continuous, piecewise analytic s (finitely many breakpoints, every
piece analytic up to and beyond its end points) each part is, on x > 0, either a polynomial, of which only the set of
degrees matters, or anything else, and then it is called *separating*. The theorem that the two parts and "s(0) is
not 0" determine every annihilator is proved in the theory chapter of the documentation.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal, TypeAlias, TypedDict

from verify.errors import ModelError

Separating: TypeAlias = Literal["separating"]
SEPARATING: Final[Separating] = "separating"
"""The part of an activation that is not a polynomial on x > 0."""

Part: TypeAlias = tuple[int, ...] | Separating
"""The degrees of a part that is a polynomial on x > 0 (``()`` is the zero function), or `SEPARATING`."""


class ProfileJSON(TypedDict):
    """A profile as certificates write it."""

    even: list[int] | Separating
    odd: list[int] | Separating
    nonzero_at_zero: bool


@dataclass(frozen=True)
class Profile:
    """The parity profile (even part, odd part, whether s(0) is not 0) of a continuous activation s.

    Parameters
    ----------
    even, odd : tuple of int, or "separating"
        The degrees k >= 0, strictly increasing, of the polynomial that the part is on x > 0; or "separating". A
        degree of the wrong parity is allowed: the even part of relu is x/2 on x > 0, of degree 1.
    nonzero_at_zero : bool
        Whether s(0) is not 0. When the even part is a polynomial this is the same as its having a term of degree 0.

    Raises
    ------
    ModelError
        When a part is neither "separating" nor a strictly increasing tuple of integers at least 0, when
        ``nonzero_at_zero`` is not a bool, or when it contradicts the even part.

    Notes
    -----
    The theorem behind this class: the vectors c with ``sum_i c_i s(w.x_i) = 0`` for every w are the same for any two
    activations of one profile. It is proved in the theory chapter of the documentation.

    Examples
    --------
    >>> relu = Profile(even=(1,), odd=(1,), nonzero_at_zero=False)
    >>> relu.is_polynomial
    False
    >>> Profile(even=(), odd=(1,), nonzero_at_zero=False).is_polynomial
    True
    """

    even: Part
    odd: Part
    nonzero_at_zero: bool

    def __post_init__(self) -> None:
        for name, part in (("even", self.even), ("odd", self.odd)):
            _check_part(name, part)
        if not isinstance(self.nonzero_at_zero, bool):
            raise ModelError(f"nonzero_at_zero = {self.nonzero_at_zero!r} is not a bool; write True or False")
        if self.even != SEPARATING and self.nonzero_at_zero != (0 in self.even):
            raise ModelError(
                f"nonzero_at_zero = {self.nonzero_at_zero} contradicts even = {self.even}: "
                "s(0) is the term of degree 0 of the even part; make the two agree"
            )

    @property
    def is_polynomial(self) -> bool:
        """Whether the activation is a polynomial on the whole line.

        That is: no part is separating, all degrees of the even part are even and all of the odd part are odd.

        Examples
        --------
        >>> Profile(even=(1,), odd=(), nonzero_at_zero=False).is_polynomial  # abs
        False
        """
        return (
            self.even != SEPARATING
            and self.odd != SEPARATING
            and all(degree % 2 == 0 for degree in self.even)
            and all(degree % 2 == 1 for degree in self.odd)
        )

    @property
    def can_never_fit(self) -> str:
        """What a network of one hidden layer without biases, of any width, can never fit, and in brackets why.

        Returns
        -------
        str
            One line in plain words; f is the network, t a real number. Where it names points ("two points on a ray"),
            some labels of these points are never attained. It depends on the profile alone, so it groups the
            activations by what they cannot do.

        Examples
        --------
        >>> Profile(even=(), odd="separating", nonzero_at_zero=False).can_never_fit
        'labels on x and -x that are not opposite; a nonzero label at x = 0 [f(-x) = -f(x)]'
        >>> Profile(even="separating", odd="separating", nonzero_at_zero=True).can_never_fit
        'nothing: it fits every set of distinct points with every label vector'
        """
        if self.is_polynomial:
            return _polynomial_limit(tuple(sorted((*self.even, *self.odd))))
        obstacles: list[str] = []
        reasons: list[str] = []
        degree = self._homogeneous_degree()
        if degree is not None:
            _homogeneous_limit(degree, self.even != (), self.odd != (), obstacles, reasons)
        else:
            if self.even != SEPARATING:
                _even_limit(self.even, obstacles, reasons)
            if self.odd != SEPARATING:
                _odd_limit(self.odd, obstacles, reasons)
        if not self.nonzero_at_zero:
            obstacles.append("a nonzero label at x = 0")
        if not obstacles:
            return "nothing: it fits every set of distinct points with every label vector"
        return "; ".join(obstacles) + f" [{', '.join(reasons) or 'f(0) = 0'}]"

    def to_json(self) -> ProfileJSON:
        """Give the profile as certificates write it.

        Returns
        -------
        dict
            ``even`` and ``odd`` (a list of degrees or ``"separating"``) and ``nonzero_at_zero`` (bool).

        Examples
        --------
        >>> Profile(even="separating", odd=(1,), nonzero_at_zero=True).to_json()
        {'even': 'separating', 'odd': [1], 'nonzero_at_zero': True}
        """
        return {
            "even": SEPARATING if self.even == SEPARATING else list(self.even),
            "odd": SEPARATING if self.odd == SEPARATING else list(self.odd),
            "nonzero_at_zero": self.nonzero_at_zero,
        }

    def _homogeneous_degree(self) -> int | None:
        """Give k >= 1 when every nonzero part is c x^k on x > 0, so that s(tx) = t^k s(x) for t > 0; else None."""
        if self.even == SEPARATING or self.odd == SEPARATING:
            return None
        degrees = {*self.even, *self.odd}
        return degrees.pop() if len(degrees) == 1 and 0 not in degrees else None


def _check_part(name: str, part: object) -> None:
    if isinstance(part, str):
        if part != SEPARATING:
            raise ModelError(f"{name} = {part!r} is not a part; write a tuple of degrees or {SEPARATING!r}")
        return
    if not isinstance(part, tuple) or not all(isinstance(k, int) and not isinstance(k, bool) for k in part):
        raise ModelError(f"{name} = {part!r} is not a part; write a tuple of integer degrees or {SEPARATING!r}")
    if any(k < 0 for k in part) or any(low >= high for low, high in pairwise(part)):
        raise ModelError(f"{name} = {part!r} must be strictly increasing degrees at least 0; sort them")


def _polynomial_limit(degrees: tuple[int, ...]) -> str:
    match degrees:
        case ():
            return "any label but 0 [f is 0]"
        case (0,):
            return "different labels [f is constant]"
        case (1,):
            return "labels that are not linear in the points [f is linear]"
        case (degree,):
            return f"labels that are not {_form(degree)} [f is {_form(degree)}]"
        case _:
            kind = "a polynomial whose terms have degree " + " or ".join(map(str, degrees))
            return f"labels that are not {kind} [f is {kind}]"


def _homogeneous_limit(degree: int, even: bool, odd: bool, obstacles: list[str], reasons: list[str]) -> None:
    if even and odd:
        vectors = "directions" if degree == 1 else f"directions' degree-{degree} Veronese vectors"
        obstacles += ["two points on a ray", f"more two-sided lines than the rank of their {vectors}"]
        scaling = "t" if degree == 1 else f"t^{degree}"
        reasons += [f"f(tx) = {scaling} f(x) for t > 0", f"f(x) {'-' if degree % 2 else '+'} f(-x) is {_form(degree)}"]
    else:
        obstacles.append("two points on a line through 0")
        reasons.append(f"f(tx) = {_power(degree, signed=odd)} f(x)")


def _even_limit(degrees: tuple[int, ...], obstacles: list[str], reasons: list[str]) -> None:
    if not degrees:
        obstacles.append("labels on x and -x that are not opposite")
        reasons.append("f(-x) = -f(x)")
        return
    kind = " plus ".join(_form(k) if k % 2 == 0 else _scaling(k, signed=False) for k in degrees)
    obstacles.append(f"labels whose sums over the pairs x, -x are not {kind}")
    reasons.append(f"f(x) + f(-x) is {kind}")


def _odd_limit(degrees: tuple[int, ...], obstacles: list[str], reasons: list[str]) -> None:
    if not degrees:
        obstacles.append("different labels on x and -x")
        reasons.append("f(-x) = f(x)")
        return
    kind = " plus ".join(_form(k) if k % 2 else _scaling(k, signed=True) for k in degrees)
    if degrees == (1,):
        obstacles.append("more antipodal pairs than the rank of their directions")
    else:
        obstacles.append(f"labels whose differences over the pairs x, -x are not {kind}")
    reasons.append(f"f(x) - f(-x) is {kind}")


def _power(degree: int, *, signed: bool) -> str:
    factors = ["sgn(t)"] * signed + [f"|t|^{degree}" if degree > 1 else "|t|"] * (degree > 0)
    return " ".join(factors)


def _scaling(degree: int, *, signed: bool) -> str:
    return f"a function with g(tx) = {_power(degree, signed=signed)} g(x)"


def _form(degree: int) -> str:
    names = {0: "constant", 1: "linear", 2: "a quadratic form", 3: "a cubic form"}
    return names.get(degree, f"a form of degree {degree}")
