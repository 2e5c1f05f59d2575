"""Every minimal obstruction in a box: all sets of few points of a grid, up to symmetry, decided without exception.

The sets of grid points that a model fits are the independent sets of a matroid, and the minimal obstructions are its
circuits (proved in ``docs/exhaustive.md``). One file for each step: `grid` (points, symmetry, matrix), `elimination`
(ranks of many sets at once, modulo a prime), `orderly` (one set of each orbit), `plan` (chunks of the work),
`journal` (finished chunks on disk), `searching` (the whole), `outcome` (the result in words and as JSON).
"""
