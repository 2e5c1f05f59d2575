"""Activation regions of two-layer ReLU networks, exactly: which exist, how many, ranks of Jacobians, zero losses.

The hidden layer is trained and the output weights v are fixed: f(x) = sum_i v_i relu(w_i.x). A *pattern* A is a matrix
of zeros and ones of shape (width, n); its region is the open set of weights with w_i.x_j > 0 where A_ij = 1 and
w_i.x_j < 0 elsewhere. There f is linear in the weights.
"""

from __future__ import annotations

from verify.landscapes.regions.analysis import (
    Counts,
    Region,
    Sample,
    analyse_region,
    count_regions,
    sample_regions,
)
from verify.landscapes.regions.counting import count_cells, cover_count, in_general_position
from verify.landscapes.regions.enumeration import enumerate_rows
from verify.landscapes.regions.full_rank import have_full_rank
from verify.landscapes.regions.generic_rank import GenericRank, generic_rank
from verify.landscapes.regions.jacobian import JacobianRank, jacobian, jacobian_rank
from verify.landscapes.regions.patterns import activation_pattern, as_pattern, hidden_inputs, read_pattern
from verify.landscapes.regions.phase_map import Cell, Experiment, Plan, phase_map
from verify.landscapes.regions.realizable import Realization, realize, realize_pattern
from verify.landscapes.regions.sampling import Draw, draw_regions
from verify.landscapes.regions.zero_loss import ZeroLoss, points_without_support, zero_loss

__all__ = [
    "Cell",
    "Counts",
    "Draw",
    "Experiment",
    "GenericRank",
    "JacobianRank",
    "Plan",
    "Realization",
    "Region",
    "Sample",
    "ZeroLoss",
    "activation_pattern",
    "analyse_region",
    "as_pattern",
    "count_cells",
    "count_regions",
    "cover_count",
    "draw_regions",
    "enumerate_rows",
    "generic_rank",
    "have_full_rank",
    "hidden_inputs",
    "in_general_position",
    "jacobian",
    "jacobian_rank",
    "phase_map",
    "points_without_support",
    "read_pattern",
    "realize",
    "realize_pattern",
    "sample_regions",
    "zero_loss",
]
