"""The environment variables of OpenSlot: declared once, read here and nowhere else.

Known before Django is, so it imports nothing of ours. An empty variable counts as unset; a secret
may come from the file that NAME_FILE names.

    table     every variable: its kind, its default, what it means
    kinds     what a value of each kind may be
    reading   a value, by name
    mistakes  what is misspelt, ill-formed or contradictory, found before anything starts
"""

from openslot.variables.kinds import WrongVariable
from openslot.variables.mistakes import check
from openslot.variables.reading import is_on, is_set, names, number, suppose, text
from openslot.variables.table import VARIABLES

__all__ = [
    "VARIABLES",
    "WrongVariable",
    "check",
    "is_on",
    "is_set",
    "names",
    "number",
    "suppose",
    "text",
]
