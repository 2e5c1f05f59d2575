"""The loss curve of gradient descent, from a spectrum: r_k = (I - eta K)^k r_0."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from verify.errors import DataError

Floats = NDArray[np.float64]
_BLOCK = 1 << 20  # entries of the table of powers at a time


@dataclass(frozen=True)
class Spectral:
    """A positive semidefinite matrix, by its eigenvalues, and the energy of labels along its eigenvectors.

    Attributes
    ----------
    eigenvalues : ndarray of n float64
        In descending order; exactly 0 beyond the rank.
    energies : ndarray of n float64
        Squared coefficient of the labels along each eigenvector, summed over the outputs, divided by the number of
        labels: their sum is the mean squared label.
    """

    eigenvalues: Floats
    energies: Floats

    @property
    def largest_step(self) -> float:
        """Gradient descent converges for steps below this, 2 divided by the largest eigenvalue."""
        return 2 / self.eigenvalues[0] if self.eigenvalues.size and self.eigenvalues[0] > 0 else float("inf")

    @property
    def plateau(self) -> float:
        """The limit of the loss: the energy where the eigenvalue is 0."""
        return float(self.energies[self.eigenvalues == 0].sum())

    def checked_step(self, step: float | None) -> float:
        """Take a step size, by default half of the largest one.

        Raises
        ------
        DataError
            When it is not positive, or gradient descent would diverge.
        """
        limit = self.largest_step
        if step is None:
            return limit / 2 if np.isfinite(limit) else 1.0
        if not isinstance(step, int | float) or isinstance(step, bool) or not 0 < step < float("inf"):
            raise DataError(f"step={step!r} is not a positive number; the largest allowed is below {limit:.17g}")
        if step >= limit:
            raise DataError(
                f"step={step!r} makes gradient descent diverge; the largest allowed is below 2/s_1^2 = {limit:.17g}"
            )
        return float(step)

    def losses(self, step: float, steps: int) -> Floats:
        """Predict the loss before step 0, 1, ..., `steps`.

        Returns
        -------
        ndarray of steps + 1 float64
            The mean squared error sum_i (1 - step lambda_i)^(2k) energy_i. Cost: steps times the rank.

        Examples
        --------
        >>> Spectral(np.array([1.0, 0.0]), np.array([4.0, 1.0])).losses(0.5, 2).tolist()
        [5.0, 2.0, 1.25]
        """
        losses = np.empty(steps + 1)
        block = max(1, _BLOCK // max(1, self.eigenvalues.size))
        for start in range(0, steps + 1, block):
            stop = min(start + block, steps + 1)
            losses[start:stop] = self.losses_at(step, np.arange(start, stop))
        return losses

    def losses_at(self, step: float, places: ArrayLike) -> Floats:
        """Predict the loss before some of the steps only."""
        k = np.asarray(places, dtype=np.float64)
        moving = self.eigenvalues > 0
        shrinking = step * self.eigenvalues[moving]
        small = shrinking < 0.5
        with np.errstate(divide="ignore"):  # a factor 0 has the logarithm -inf, and its powers are 0
            logarithms = np.where(small, np.log1p(-np.where(small, shrinking, 0)), np.log(np.abs(1 - shrinking)))
        with np.errstate(invalid="ignore", under="ignore"):
            powers = np.exp(2 * k[:, None] * logarithms)
        powers[k == 0] = 1.0  # also where the logarithm is infinite
        return np.asarray(powers @ self.energies[moving] + self.plateau)

    def _driven(self) -> NDArray[np.bool_]:
        """Say which directions move and hold energy: more than the rounding of u_i.y for unit vectors u_i."""
        size = self.energies.size * 2.0**-52
        return np.asarray((self.eigenvalues > 0) & (self.energies > size * size * self.energies.sum()))

    def early_rate(self, step: float) -> float:
        """Factor by which the first step multiplies the loss above the plateau; 0 where there is none above it."""
        moving = self._driven()
        total = float(self.energies[moving].sum())
        left = float((self.energies[moving] * (1 - step * self.eigenvalues[moving]) ** 2).sum())
        return left / total if total else 0.0

    def late_rate(self, step: float) -> float:
        """Factor of the loss above the plateau for each late step: (1 - step s^2)^2 of the slowest direction."""
        moving = self._driven()
        return float(((1 - step * self.eigenvalues[moving]) ** 2).max(initial=0.0))

    def leading_energy(self, share: float) -> float:
        """Part of the energy above the plateau in the directions with lambda_i >= share * lambda_1."""
        moving = self._driven()
        total = float(self.energies[moving].sum())
        leading = moving & (self.eigenvalues >= share * self.eigenvalues.max(initial=0.0))
        return float(self.energies[leading].sum()) / total if total else 0.0


def spectral_of_features(features: Floats, labels: Floats, *, rank: int | None) -> Spectral:
    """Take F F^T by the singular values of F.

    Parameters
    ----------
    features : ndarray of shape (n, m)
    labels : ndarray of shape (n, outputs)
    rank : int or None
        The exact rank of the features, where it is known: the singular values beyond it are 0 by theorem, however
        small or large float64 finds them. Else those below max(n, m) u s_1 are taken for 0.
    """
    n = len(features)
    if not features.shape[1] or not n:
        return Spectral(np.zeros(n), (labels**2).sum(axis=1) / max(1, labels.size))
    left, values, _ = np.linalg.svd(features, full_matrices=True)
    squares = np.zeros(n)
    squares[: len(values)] = values**2
    known = rank if rank is not None else int((values > max(features.shape) * 2.0**-52 * values[0]).sum())
    squares[known:] = 0
    return Spectral(squares, ((left.T @ labels) ** 2).sum(axis=1) / max(1, labels.size))


def spectral_of_kernel(kernel: Floats, labels: Floats, *, rank: int) -> Spectral:
    """Take a kernel matrix by its eigenvalues; those beyond the exact rank are 0."""
    if not len(kernel):
        return Spectral(np.zeros(0), np.zeros(0))
    values, vectors = np.linalg.eigh(kernel)
    values, vectors = np.maximum(values[::-1], 0), vectors[:, ::-1]
    values[rank:] = 0
    return Spectral(values, ((vectors.T @ labels) ** 2).sum(axis=1) / max(1, labels.size))
