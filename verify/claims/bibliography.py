"""The BibTeX entries of the papers, which ship with the package."""

from __future__ import annotations

import re
from pathlib import Path

from verify.errors import ModelError

_ENTRY = re.compile(r"^@[a-z]+\{([a-z0-9]+),\n.*?^\}$", re.MULTILINE | re.DOTALL)


def entries() -> dict[str, str]:
    """Read the entries by their keys.

    Examples
    --------
    >>> sorted(entries())
    ['benson2020', 'karhadkar2024', 'martin2024', 'ziyin2022']
    """
    text = (Path(__file__).parent / "papers.bib").read_text(encoding="utf-8")
    return {match[1]: match[0] for match in _ENTRY.finditer(text)}


def bibtex(paper: str) -> str:
    """Give the BibTeX entry of a paper.

    Raises
    ------
    ModelError
        For a paper that is not in the ledger.

    Examples
    --------
    >>> bibtex("benson2020").splitlines()[0]
    '@misc{benson2020,'
    """
    known = entries()
    if paper not in known:
        raise ModelError(f"there is no paper {paper!r} in the ledger; the papers are {', '.join(known)}")
    return known[paper]
