"""What the user types before a command, in one place: advice can then be copied as it stands."""

from __future__ import annotations

from collections.abc import Mapping

PROGRAM = "python app.py"
"""How texts call the program; shown as ``program_name`` says."""
VARIABLE = "HOTLINE_PROG"
"""Set by who starts ``app.py`` for somebody else: what that person typed (“python3 start.py”)."""


def program_name(env: Mapping[str, str]) -> str:
    """What to type before a command, by the process environment."""
    return env.get(VARIABLE) or PROGRAM
