"""``python -m tarot_bench``."""

from tarot_bench.cli.main import main

if __name__ == "__main__":
    main()
