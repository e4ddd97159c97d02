#!/usr/bin/env python3
"""Django's usual entry: the same program as `openslot`, so a PostgreSQL comes along here, too."""

from openslot.cli import main

if __name__ == "__main__":
    main()
