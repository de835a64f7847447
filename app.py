"""The one entry point: ``python app.py COMMAND``, and ``app:server`` for a WSGI server.

``server`` is made when it is first asked for, so that commands which serve nothing load nothing of the pages.
"""

from __future__ import annotations

import os
import sys

# The product's matrices are small: BLAS threads cost more in waiting than they save. Read when numpy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def __getattr__(name: str) -> object:
    """``server``: the WSGI application of the pages, warmed, its database opened in this process."""
    if name != "server":
        raise AttributeError(name)
    from cli.serve import wsgi_application

    globals()["server"] = server = wsgi_application()
    return server


if __name__ == "__main__":
    from cli.main import main

    sys.exit(main(sys.argv[1:]))
