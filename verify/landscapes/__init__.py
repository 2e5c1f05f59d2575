"""Exact loss landscapes next door to interpolation: deep linear, quadratic, and ReLU networks region by region."""
