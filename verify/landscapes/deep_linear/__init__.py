"""Deep linear networks with weight decay and multiplicative noise: the exact global minimum and what lies around it.

>>> from verify.landscapes.deep_linear import DeepLinear, Landscape, Moments
>>> landscape = Landscape(Moments([[1, 0], [0, 2]], [1, "1/2"], 2), DeepLinear([3], "1/2"))
>>> landscape.origin.value
'strict_saddle'
"""

from verify.landscapes.deep_linear.critical_point import CriticalPoint, Kind
from verify.landscapes.deep_linear.landscape import GlobalMinimum, Landscape, Origin
from verify.landscapes.deep_linear.moments import Moments
from verify.landscapes.deep_linear.network import DeepLinear, expected_loss
from verify.landscapes.deep_linear.potential import Potential
from verify.landscapes.deep_linear.real_root import RealRoot
from verify.landscapes.deep_linear.thresholds import Threshold, Thresholds

__all__ = [
    "CriticalPoint",
    "DeepLinear",
    "GlobalMinimum",
    "Kind",
    "Landscape",
    "Moments",
    "Origin",
    "Potential",
    "RealRoot",
    "Threshold",
    "Thresholds",
    "expected_loss",
]
