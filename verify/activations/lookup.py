"""Looking activations up by name, with their parameters; and the table in groups by what cannot be fitted."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from fractions import Fraction
from numbers import Rational
from types import MappingProxyType

from verify.activations.entries import ENTRIES, Entry, leaky
from verify.activations.parametrised import (
    DISCONTINUOUS,
    MEAN_SLOPE,
    TEMPLATES,
    check_mean_slope,
    not_elementwise,
)
from verify.activations.profile import Profile
from verify.activations.table import ALIASES, Activation
from verify.errors import DataError, ModelError
from verify.rational import format_rational, parse_rational

MAX_DIGITS = 1000
"""Longest numerator and denominator of a parameter: beyond it the formula could not be read back as text."""

_PLAIN: Mapping[str, Entry] = MappingProxyType({entry.name: entry for entry in ENTRIES})
_WITH_SLOPE: Mapping[str, Fraction] = MappingProxyType({"leaky_relu": Fraction(1, 100), "prelu": Fraction(1, 4)})
_NAMES = ("relu", *_WITH_SLOPE, *(name for name in _PLAIN if name != "relu"))
_PARAMETERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **dict.fromkeys(_WITH_SLOPE, ("slope",)),
        **{name: tuple(template.parameters) for name, template in TEMPLATES.items()},
        "rrelu": tuple(MEAN_SLOPE),
        "gelu": ("approximate",),
    }
)
_OTHER_PARAMETERS = {"negative_slope": "slope"}  # as PyTorch and Keras call it

Value = Rational | int | str


def names() -> tuple[str, ...]:
    """List the names of the table, ordered by what the activations cannot do.

    Its activations are continuous; `DISCONTINUOUS` names the others.

    Examples
    --------
    >>> names()[:4]
    ('relu', 'leaky_relu', 'prelu', 'abs')
    """
    return _NAMES


def parameter_names(name: str) -> tuple[str, ...]:
    """List the parameters of an activation in the order in which they may be written.

    Examples
    --------
    >>> parameter_names("hardtanh"), parameter_names("tanh")
    (('min_val', 'max_val'), ())
    """
    return _PARAMETERS.get(ALIASES.get(name, name), ())


def activation(name: str, **parameters: Value) -> Activation:
    """Look up an activation by name.

    Parameters
    ----------
    name : str
        One of `names` or `DISCONTINUOUS`, an alias such as ``"swish"``, or a name that another package registers.
    **parameters : Fraction, int or str
        Those that `parameter_names` lists; the others have their defaults. A text is read as a rational:
        ``"1/100"``, ``"0.01"``. With other values than the default ones the profile is derived.

    Raises
    ------
    ModelError
        When there is no such name (the message has the nearest ones), no such parameter, a value is out of range or
        not rational: a float is refused, because 0.01 as a float is not 1/100.

    Examples
    --------
    >>> str(activation("leaky_relu", slope="-1/10"))
    'leaky_relu(slope=-1/10)'
    >>> activation("leaky_relu", slope=-1).profile == activation("abs").profile
    True
    >>> activation("hardtanh", min_val=0).profile
    Profile(even='separating', odd='separating', nonzero_at_zero=False)
    """
    return look_up(name, parameters, cached=False)


def look_up(name: str, parameters: Mapping[str, Value], *, cached: bool) -> Activation:
    """Do what `activation` does; `cached` keeps derived profiles on disk."""
    canonical = ALIASES.get(name, name) if isinstance(name, str) else ""
    if canonical == "gelu" and parameters:
        return _gelu(name, parameters)
    if canonical not in (*_NAMES, *DISCONTINUOUS, "rrelu"):
        return _registered(name, parameters, cached)
    values = _values(name, canonical, parameters)
    if canonical in TEMPLATES:
        return _parametrised(name, canonical, values, cached)
    if canonical == "rrelu":
        values = {**MEAN_SLOPE, **values}
        if complaint := check_mean_slope(values):
            raise ModelError(f"{name}: {complaint}")
        canonical, values = "leaky_relu", {"slope": (values["lower"] + values["upper"]) / 2}
    if canonical in _WITH_SLOPE:
        values = {"slope": _WITH_SLOPE[canonical], **values}
        return _of_table(leaky(canonical, values["slope"]), values)
    return _of_table(_PLAIN[canonical], values)


def _of_table(entry: Entry, values: Mapping[str, Fraction]) -> Activation:
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


def _parametrised(name: str, canonical: str, given: Mapping[str, Fraction], cached: bool) -> Activation:
    template = TEMPLATES[canonical]
    defaults = {key: value for key, value in template.parameters.items() if value is not None}
    values = {**defaults, **given}
    if complaint := template.refusal(values):
        raise ModelError(f"{name}: {complaint}")
    if template.in_table and values == defaults:
        return _of_table(_PLAIN[canonical], {})
    if canonical == "relu" and values["threshold"] == 0:
        if "max_value" not in values:
            return _of_table(leaky("leaky_relu", values["negative_slope"]), {"slope": values["negative_slope"]})
        if values["max_value"] == 6 and values["negative_slope"] == 0:
            return _of_table(_PLAIN["relu6"], {})
    if canonical == "threshold" and not any(values.values()):
        return _of_table(_PLAIN["relu"], {})
    from verify.activations.derived import FormulaActivation
    from verify.activations.formula.language import parse_formula

    inside = ", ".join(f"{key}={format_rational(values[key])}" for key in template.parameters if key in values)
    title = f"{canonical}({inside})" if inside else canonical
    return FormulaActivation(parse_formula(template.formula(values), **values), title=title, cached=cached)


def _gelu(name: str, parameters: Mapping[str, Value]) -> Activation:
    found = {"none": "gelu", "tanh": "gelu_tanh"}.get(str(parameters.get("approximate")))
    if found is None or len(parameters) > 1:
        raise ModelError(f"{name}: its only parameter is approximate, which is none or tanh; write gelu_tanh or gelu")
    return _of_table(_PLAIN[found], {})


def _registered(name: object, parameters: Mapping[str, Value], cached: bool) -> Activation:
    """Find a name that another package registers."""
    from verify.activations.plugins import plugin

    found = plugin(name, cached=cached) if isinstance(name, str) else None
    if found is None:
        raise ModelError(_unknown(name))
    for key in parameters:
        raise ModelError(f"{name} has no parameter {key!r}: it has none; leave it out")
    return found


def groups() -> dict[str, tuple[Activation, ...]]:
    """Group the activations of the table, with their default parameters, by what their networks can never fit.

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
    ['softplus', 'logsigmoid', 'squareplus', 'sparse_plus']
    """
    grouped: dict[str, list[Activation]] = {}
    for name in _NAMES:
        member = activation(name)
        grouped.setdefault(member.profile.can_never_fit, []).append(member)
    return {sentence: tuple(members) for sentence, members in grouped.items()}


def _unknown(name: object) -> str:
    if not isinstance(name, str):
        return f"{name!r} is not the name of an activation; write one of {', '.join(_NAMES[:3])}, ... as a text"
    if reason := not_elementwise(name):
        return reason
    wanted = name.strip().lower().replace("-", "_")
    known = (*_NAMES, *DISCONTINUOUS, "rrelu", *ALIASES)
    candidates = [wanted] if wanted in known else difflib.get_close_matches(wanted, known, n=4, cutoff=0.5)
    nearest = list(dict.fromkeys(ALIASES.get(candidate, candidate) for candidate in candidates))[:3]
    if nearest:
        return f"{name!r} is not a known activation; did you mean {' or '.join(nearest)}?"
    return f"{name!r} is not a known activation; `fullrank activations` lists them"


def _values(name: str, canonical: str, parameters: Mapping[str, Value]) -> dict[str, Fraction]:
    """Read the parameters that are given."""
    allowed = _PARAMETERS.get(canonical, ())
    values: dict[str, Fraction] = {}
    for written, value in parameters.items():
        key = written if written in allowed else _OTHER_PARAMETERS.get(written, written)
        if key not in allowed:
            known = ", ".join(allowed)
            remedy = "it has none; leave it out"
            if allowed:
                remedy = f"its only parameter is {known}" if len(allowed) == 1 else f"its parameters are {known}"
            raise ModelError(f"{name} has no parameter {written!r}: {remedy}")
        if key in values:
            raise ModelError(f"{name}: the parameter {key} has two values; give one")
        values[key] = _rational(name, written, value)
        if max(abs(values[key].numerator), values[key].denominator) >= 10**MAX_DIGITS:
            raise ModelError(f"{name}: {written} has more than {MAX_DIGITS} digits; write a shorter rational number")
    return values


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
