"""Backends: where programs run. Each is a package with a `Sandbox`."""
