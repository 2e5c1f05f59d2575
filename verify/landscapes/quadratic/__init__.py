"""The loss landscape of a shallow network with quadratic activation, a teacher, and Gaussian data.

The student is W (d x m), the teacher a positive semidefinite Z* (d x d) of rank m*, the population loss

    L(W) = 1/4 E[(x^T W W^T x - x^T Z* x)^2] = 1/2 ||W W^T - Z*||_F^2 + 1/4 (tr W W^T - tr Z*)^2,    x ~ N(0, I_d).

The subject is that of Martin, Bach and Biroli (arXiv:2311.03794); the chapter "A quadratic network and its teacher" of
the documentation proves what is used here and says which formula is whose. One algorithm a module:

exact (`Fraction`, or rational enclosures of algebraic numbers)
    `teacher` (the spectrum), `semidefinite` (a witness against), `real_roots`, `critical_points`, `least_loss`,
    `rates`
exact or float, as the arrays are
    `loss` (loss, gradient, curvature)
SymPy
    `isserlis` (the proof of the loss for fixed dimensions)
float64
    `initial`, `flow` (the integrated gradient flow), `closed_form` (the same up to one scalar), `orthonormal` (the
    same for orthonormal matrices, d in the thousands), `limit` (d to infinity)

Importing this package is cheap; the modules load what they need.
"""
