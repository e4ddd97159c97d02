"""Read a history that was kept, and say what is wrong with it: `python -m tests.histories FILE`."""

import sys
from pathlib import Path

from tests.histories import checker
from tests.histories.calls import History

found = checker.faults(History.load(Path(sys.argv[1])))
sys.stdout.write("\n".join([*found, f"{len(found)} faults", ""]))
sys.exit(bool(found))
