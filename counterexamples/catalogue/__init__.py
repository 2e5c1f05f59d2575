"""The catalogue of certified data sets: reading it, checking it, building it."""
