"""Several writers at once, and writers that are killed: facts and totals always belong together."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine

from db.engine import make_engine
from db.errors import RunClosedError
from db.store import commit_batch
from db.totals_check import check_totals
from tests.factories import DAY, TZ, Desk, batch, calls, seats
from tests.test_db_store import rows, totals

ROOT = Path(__file__).resolve().parent.parent
WRITER = """
import sys
from datetime import timedelta
from db.engine import make_engine
from tests.factories import DAY, Desk, batch, calls, seats
desk = Desk(make_engine(sys.argv[1]))
days = [DAY + timedelta(days=n) for n in range(20)]
print("ready", flush=True)
while True:
    for value in (1, 2):
        hours = [{"day": day, "hour": hour, "offered": value} for day in days for hour in range(24)]
        made = [{"day": day, "seat": str(seat), "seat_calls": value} for day in days for seat in range(30)]
        desk.write(batch(calls=calls(*hours), seats=seats(*made)))
"""


def url_of(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def test_it_lets_two_writers_of_the_same_days_end_with_one_whole_truth(engine: Engine) -> None:
    days = [DAY + timedelta(days=n) for n in range(10)]
    Desk(engine)  # both find the centres made
    errors: list[BaseException] = []

    def write(source: str, measure: str, value: int) -> None:
        own = make_engine(url_of(engine))
        try:
            desk = Desk(own)
            for _ in range(5):
                desk.write(batch(calls=calls(*({"day": day, measure: value} for day in days))), source)
        except BaseException as error:
            errors.append(error)
        finally:
            own.dispose()

    jobs = [("one", "offered", 1), ("one", "offered", 2), ("two", "answered", 3)]
    threads = [threading.Thread(target=write, args=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert errors == []
    assert rows(engine, "SELECT count(*) FROM runs WHERE state = 'ok'") == [(15,)]
    assert len(set(totals(engine, "offered").values())) == 1
    assert set(totals(engine, "answered").values()) == {3}
    with engine.connect() as conn:
        assert check_totals(conn) == []


def test_it_writes_a_run_once_when_two_try_at_the_same_time(engine: Engine) -> None:
    desk = Desk(engine)
    run_id, source_id = desk.run(), desk.source()
    outcomes: list[str] = []

    def commit(offered: int) -> None:
        try:
            made = batch(calls=calls({"offered": offered}))
            commit_batch(engine, run_id, source_id, made, now=desk.clock.now(), tz=TZ)
            outcomes.append("written")
        except RunClosedError:
            outcomes.append("refused")

    threads = [threading.Thread(target=commit, args=(n,)) for n in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["refused", "written"]


def test_it_leaves_whole_days_when_the_writer_is_killed(engine: Engine) -> None:
    chance = random.Random(20260305)
    for _ in range(4):
        command = [sys.executable, "-c", WRITER, url_of(engine)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            time.sleep(chance.uniform(0.05, 0.6))
            process.kill()
        values = rows(
            engine, "SELECT DISTINCT offered FROM call_stats UNION SELECT DISTINCT seat_calls FROM seat_stats"
        )
        assert len(values) <= 1
        assert rows(engine, "SELECT count(*) FROM call_stats") in ([(0,)], [(480,)])
        with engine.connect() as conn:
            assert check_totals(conn) == []
    Desk(engine).write(batch(calls=calls({"offered": 7}), seats=seats()))
    assert totals(engine, "offered")["city", str(DAY)] == 7
