"""Run the command line as ``python -m mscape``."""

from mscape.cli.app import main

if __name__ == "__main__":
    main()
