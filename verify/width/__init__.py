"""How many random neurons make training only the last layer reach zero loss."""

from __future__ import annotations

from verify.width.analytic import analyticity
from verify.width.chernoff import chernoff_width, failure_bound
from verify.width.full_rank import FullRankSample, sample_full_rank
from verify.width.intervals import clopper_pearson
from verify.width.necessary import necessary_width
from verify.width.report import WidthReport, width_report

__all__ = [
    "FullRankSample",
    "WidthReport",
    "analyticity",
    "chernoff_width",
    "clopper_pearson",
    "failure_bound",
    "necessary_width",
    "sample_full_rank",
    "width_report",
]
