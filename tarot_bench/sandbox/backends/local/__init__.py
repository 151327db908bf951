"""Jails on this machine."""
