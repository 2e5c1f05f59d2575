"""The ledger of claims: what four papers state, how each statement was checked, and what came out."""

from __future__ import annotations

from verify.claims.claim import Claim, Finding, Mark, Method, Outcome
from verify.claims.registry import PAPERS, all_claims, claim

__all__ = ["PAPERS", "Claim", "Finding", "Mark", "Method", "Outcome", "all_claims", "claim"]
