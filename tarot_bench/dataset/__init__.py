"""Problems in, from wherever they are kept."""
