"""The `rarml` command, and `python -m rarml`."""

import sys


def main() -> None:
    """Load the command line and run it; an interrupt while it loads ends the program without a traceback."""
    try:
        from rarml.cli.app import main as run
    except KeyboardInterrupt:
        print("rarml: stopped; nothing half-written was left behind", file=sys.stderr)
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
