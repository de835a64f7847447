"""Steps on files that Windows refuses for a moment.

There a file that another thread or program has open (a page that asks how far an upload is, a virus scanner, a backup)
can't be replaced, renamed or removed, and one that is being replaced can't be opened. A moment later it can.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar

T = TypeVar("T")

FOR_SECONDS: Final = 3.0
PAUSE_SECONDS: Final = 0.02
PASSING: Final = (5, 32, 33)
"""Windows' codes: access denied, sharing violation, lock violation. No other system gives a ``winerror``."""


def patiently(step: Callable[[], T]) -> T:
    """What ``step`` gives, tried again for three seconds where Windows says that a file is in use.

    Raises what the step raises, OSError among it; elsewhere than on Windows at once.
    """
    until = time.monotonic() + FOR_SECONDS
    while True:
        try:
            return step()
        except PermissionError as error:
            if getattr(error, "winerror", None) not in PASSING or time.monotonic() > until:
                raise
        time.sleep(PAUSE_SECONDS)
