"""Data sets on which a model provably cannot interpolate. Builds on the public API of `verify` alone."""
