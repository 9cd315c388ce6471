"""moto's S3 server, with creations that are atomic: `python -m support.one_creation_at_a_time --host … --port …`.

moto checks whether a key exists and writes it later, each request in a thread of its own: of many conditional creations of one key at the same
time it sometimes accepts two on a busy machine. S3 accepts one. Not here: starting the process (`s3_server.py`).
"""

import threading
from typing import Any

from moto.s3.responses import S3Response
from moto.server import main


def put_one_at_a_time() -> None:
    """Makes requests that write an object wait for each other, from the check of the key to the end of the write."""
    lock, put_object = threading.Lock(), S3Response.put_object

    def put_alone(response: S3Response) -> Any:
        with lock:
            return put_object(response)

    S3Response.put_object = put_alone


if __name__ == "__main__":
    put_one_at_a_time()
    main()
