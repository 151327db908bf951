"""Selection of tests by the wrong programs that they reject, shared by the author `select` and the stage."""
