"""Run programs in jails on this machine."""
