"""For developers: ``python -m db.migrations "what changes"`` writes the next revision after a change of db/schema.py.

Read what it wrote before committing it: a renamed column looks to it like one dropped and one added.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config

from db.engine import MIGRATIONS, head_revision, make_engine


def new_revision(message: str, migrations: Path = MIGRATIONS) -> Path:
    """Compares db/schema.py with a freshly migrated SQLite database and writes the difference as a revision."""
    number = f"{int(head_revision()) + 1:04}"
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'compare.db'}")
        with engine.connect() as conn:
            config.attributes["connection"] = conn
            command.upgrade(config, "head")  # step by step: a new database is otherwise made as declared
            conn.commit()
            command.revision(config, message, autogenerate=True, rev_id=number)
        engine.dispose()
    (written,) = (migrations / "versions").glob(f"{number}_*.py")
    return written


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit('用法: python -m db.migrations "这次改动的说明"')
    print(f"已写好 {new_revision(sys.argv[1])}, 请核对后提交。")
