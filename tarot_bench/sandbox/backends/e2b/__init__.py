"""Jails on machines in the cloud of E2B."""
