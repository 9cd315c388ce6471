"""Ports of 127.0.0.1 for servers that cannot choose one themselves. Not here: the servers.

They are outside of the range from which the system gives a port to each connection that goes out: of those, one that was free a second ago is taken
now and then by a connection to somewhere else. Processes of tests look in different places, and none of them is given a port twice.
"""

import os
from itertools import count

from catalog.ckan.native.state import free_port

_FROM, _PLACES, _EACH = 10_000, 400, 50
_first = count(_FROM + os.getpid() % _PLACES * _EACH)


def find_port() -> int:
    """A port at which a server can listen now, and that this process was not given before."""
    wanted = next(_first)
    while (found := free_port(wanted)) != wanted:
        wanted = next(_first)
    return found
