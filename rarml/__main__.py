"""`python -m rarml` is `rarml`."""

from rarml.cli.app import main

if __name__ == "__main__":
    main()
