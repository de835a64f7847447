"""The settings table: what is read from where, and that everything wrong is told at once."""

from __future__ import annotations

import os
import stat
from dataclasses import fields
from datetime import time
from pathlib import Path
from threading import Barrier, Thread

import pytest

from cli.settings import settings_markdown
from db.engine import make_engine
from secret_key import ensure_key
from settings import ROOT, TABLE, Settings, SettingsError, combined_env, is_loopback, load_settings


def load(tmp_path: Path, **given: str) -> Settings:
    return load_settings({"HOTLINE_DATA_DIR": str(tmp_path), **{f"HOTLINE_{k}": v for k, v in given.items()}})


def problems(tmp_path: Path, **given: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, **given)
    assert str(caught.value).startswith("设置有误")
    return caught.value.problems


def test_it_has_a_row_for_every_field_and_a_field_for_every_row() -> None:
    assert [s.name.lower() for s in TABLE] == [f.name for f in fields(Settings)]


def test_it_runs_without_any_setting(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path.as_posix()}/hotline.db"
    assert settings.sqlite_path == tmp_path / "hotline.db"
    assert settings.sources == tmp_path / "sources.yaml"
    assert (settings.host, settings.port, settings.timezone) == ("127.0.0.1", 8050, "Asia/Shanghai")
    assert (settings.pull_daily_at, settings.pull_every_minutes, settings.stale_after_minutes) == (time(2, 30), 5, 30)
    assert (settings.upload_max_mb, settings.min_sample, settings.allowed_hosts) == (200, 30, ())
    assert list(tmp_path.iterdir()) == [], "reading settings writes nothing"


def test_it_keeps_the_data_beside_the_program_wherever_it_is_called_from() -> None:
    assert load_settings({}).data_dir == ROOT / "data"


def test_it_takes_an_empty_variable_for_none(tmp_path: Path) -> None:
    assert load(tmp_path, PORT="", ACCESS_PASSWORD="").port == 8050


def test_it_tells_everything_that_is_wrong_at_once(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        PORT="eighty",
        THREADS="0",
        TIMEZONE="Asia/Shangai",
        PULL_DAILY_AT="25:00",
        DEMO="perhaps",
        DATABASE_URL="mysql://root:topsecret@db/hotline",
        ACCESS_PASSWORD="short",
        SECRET_KEY="short",
        HOST="0.0.0.0",
    )
    text = "\n".join(found)
    for name in (
        "PORT",
        "THREADS",
        "TIMEZONE",
        "PULL_DAILY_AT",
        "DEMO",
        "DATABASE_URL",
        "ACCESS_PASSWORD",
        "SECRET_KEY",
    ):
        assert f"HOTLINE_{name}: " in text
    assert "HOTLINE_HOST 为 0.0.0.0" in text
    assert "topsecret" not in text
    assert len(found) == 9


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.7", "hotline.example"])
def test_it_refuses_to_be_reached_from_elsewhere_without_a_password(tmp_path: Path, host: str) -> None:
    (found,) = problems(tmp_path, HOST=host)
    assert "HOTLINE_ACCESS_PASSWORD" in found and "127.0.0.1" in found
    assert load(tmp_path, HOST=host, ACCESS_PASSWORD="long enough").host == host


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.0.1", "::1", "localhost"])
def test_it_needs_no_password_on_this_machine_alone(tmp_path: Path, host: str) -> None:
    assert is_loopback(host)
    assert load(tmp_path, HOST=host).access_password == ""


def test_it_refuses_figures_that_would_always_look_stale(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, PULL_EVERY_MINUTES="60", STALE_AFTER_MINUTES="30")
    assert "STALE_AFTER_MINUTES" in found


def test_it_reads_the_env_file_of_the_data_directory_below_the_environment(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "# a comment\n\nexport HOTLINE_PORT=9001\nHOTLINE_THREADS = '4'  \nHOTLINE_LOG_LEVEL=debug # loud\n"
        "CALLS_URL=x\n",
        encoding="utf-8-sig",
    )
    settings = load(tmp_path, PORT="9002")
    assert (settings.port, settings.threads, settings.log_level) == (9002, 4, "DEBUG")
    assert combined_env({"HOTLINE_DATA_DIR": str(tmp_path)})[0]["CALLS_URL"] == "x"


def test_it_names_the_line_of_the_env_file_without_what_it_holds(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("HOTLINE_PORT=9001\nthe password is topsecret\n", encoding="utf-8")
    (found,) = problems(tmp_path)
    assert "第 2 行" in found and "topsecret" not in found


def test_it_does_not_move_the_data_directory_from_inside_it(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("HOTLINE_DATA_DIR=/elsewhere\n", encoding="utf-8")
    assert "HOTLINE_DATA_DIR" in problems(tmp_path)[0]


def test_it_reads_a_secret_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("a long password\n", encoding="utf-8")
    settings = load(tmp_path, ACCESS_PASSWORD_FILE=str(secret))
    assert settings.access_password == "a long password"
    assert "a long password" not in repr(settings)


def test_it_wants_a_secret_given_once_and_a_file_that_is_there(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, ACCESS_PASSWORD="a long password", ACCESS_PASSWORD_FILE="/nowhere")[:1]
    assert "只能设一个" in found
    assert "读不了文件" in problems(tmp_path, SECRET_KEY_FILE="/nowhere")[0]


def test_it_suggests_the_name_that_was_meant(tmp_path: Path) -> None:
    assert problems(tmp_path, PROT="9000") == ["HOTLINE_PROT 不是已知的设置,是不是 HOTLINE_PORT?"]
    load(tmp_path, CALLS_DATABASE_PASSWORD="a source's own secret")


def test_it_shows_demo_data_only_where_no_sources_are_configured(tmp_path: Path) -> None:
    assert load(tmp_path).demo_on
    assert not load(tmp_path, DEMO="off").demo_on
    assert not load(tmp_path, SOURCES=str(tmp_path / "mine.yaml")).demo_on, "a file that was named must be there"
    (tmp_path / "sources.yaml").write_text("centres: []\n", encoding="utf-8")
    assert not load(tmp_path).demo_on
    assert load(tmp_path, DEMO="on").demo_on


def test_it_makes_one_secret_key_and_keeps_it(tmp_path: Path) -> None:
    start, keys = Barrier(8), list[str]()

    def make() -> None:
        start.wait()
        keys.append(ensure_key(tmp_path))

    threads = [Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8 and len(set(keys)) == 1
    assert len(keys[0]) == 64
    if os.name == "posix":  # Windows keeps rights elsewhere: those of the folder
        assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]
    assert load(tmp_path).secret_key == keys[0]


def test_it_makes_the_key_anew_where_the_file_is_empty(tmp_path: Path) -> None:
    (tmp_path / "secret_key").touch()
    assert len(ensure_key(tmp_path)) == 64


def test_it_documents_every_setting_as_it_is() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert page == settings_markdown(), "run `python app.py settings --markdown > docs/settings.md`"
    for setting in TABLE:
        assert f"`{setting.variable}`" in page


def test_it_names_the_database_file_as_the_engine_does(tmp_path: Path) -> None:
    """A URL has some characters of a path written with a percent sign, by SQLAlchemy or by hand."""
    folder = tmp_path / "50% a#台"
    folder.mkdir()
    for settings in (
        load(folder),
        load(folder, DATABASE_URL=make_engine(load(folder).database_url).url.render_as_string()),
    ):
        assert settings.sqlite_path == folder / "hotline.db"
        assert make_engine(settings.database_url).url.database == (folder / "hotline.db").as_posix()
