"""Run programs in jails on the nodes of a Ray cluster."""
