"""A time stamp authority for tests: `openssl ts` behind a web server on 127.0.0.1, with a root certificate made for it.

Not here: what is stamped, or how stamps are checked.
"""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import NamedTuple

_SETTINGS = """
[req]
distinguished_name = name
prompt = no
[name]
CN = {name}
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[signer]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[tsa]
default_tsa = stamps
[stamps]
serial = serial
signer_cert = signer.pem
signer_key = signer.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
crypto_device = builtin
"""


class Authority(NamedTuple):
    """Where it answers, and the certificate that its signatures lead to."""

    url: str
    root: Path


def make_certificates(folder: Path, name: str = "test root") -> Path:
    """Makes a root and a signer certificate in `folder`; returns the root's file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "root.cnf").write_text(_SETTINGS.format(name=name), encoding="ascii")
    (folder / "signer.cnf").write_text(_SETTINGS.format(name=f"{name} signer"), encoding="ascii")
    key = ["-newkey", "rsa:2048", "-nodes"]
    _openssl(folder, "req", "-x509", *key, "-keyout", "root.key", "-out", "root.pem", "-days", "30", "-config", "root.cnf", "-extensions", "root")  # fmt: skip
    _openssl(folder, "req", "-new", *key, "-keyout", "signer.key", "-out", "signer.csr", "-config", "signer.cnf")
    _openssl(folder, "x509", "-req", "-in", "signer.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", "30", "-out", "signer.pem", "-extfile", "signer.cnf", "-extensions", "signer")  # fmt: skip
    (folder / "serial").write_text("01\n", encoding="ascii")
    return folder / "root.pem"


@contextmanager
def stamping_authority(folder: Path) -> Iterator[Authority]:
    """An authority for the time of a test, with certificates made in `folder`."""
    root = make_certificates(folder)

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            (folder / "query.tsq").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            _openssl(folder, "ts", "-reply", "-config", "signer.cnf", "-queryfile", "query.tsq", "-out", "reply.tsr")
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write((folder / "reply.tsr").read_bytes())

        def log_message(self, *words: object) -> None:
            """Nothing is written to the console of the tests."""

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield Authority(f"http://127.0.0.1:{server.server_port}/", root)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _openssl(folder: Path, *words: str) -> None:
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)
