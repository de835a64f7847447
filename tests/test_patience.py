"""Files that another program has open. Windows is stood for by the error it gives; all else gives another."""

from __future__ import annotations

import time

import pytest

from patience import FOR_SECONDS, patiently


def in_use(code: int | None) -> PermissionError:
    error = PermissionError("denied")
    if code is not None:
        setattr(error, "winerror", code)  # noqa: B010 - only Windows declares it
    return error


@pytest.mark.parametrize("code", [5, 32, 33])
def test_it_tries_again_while_windows_says_that_the_file_is_in_use(code: int) -> None:
    answers = [in_use(code), in_use(code), None]

    def step() -> str:
        if error := answers.pop(0):
            raise error
        return "done"

    assert patiently(step) == "done" and answers == []


@pytest.mark.parametrize("error", [in_use(None), in_use(87), FileNotFoundError("gone")])
def test_it_raises_at_once_what_will_not_pass(error: OSError) -> None:
    tries = list[int]()

    def step() -> None:
        tries.append(1)
        raise error

    with pytest.raises(type(error)):
        patiently(step)
    assert len(tries) == 1


def test_it_gives_up_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(1000))
    monkeypatch.setattr(time, "monotonic", lambda: float(next(clock)))
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)

    def step() -> None:
        raise in_use(32)

    with pytest.raises(PermissionError):
        patiently(step)
    assert FOR_SECONDS < next(clock) < FOR_SECONDS + 4
