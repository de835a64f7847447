"""Files handed in through the page, and rejects handed out: POST begins an upload, POST brings its pieces, GET tells
how far it is. The last piece starts the pull."""

from __future__ import annotations

import filecmp
import logging
import tempfile
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, request, send_file

from dashboard import format as fmt
from dashboard import language
from dashboard.ask_records import accepts, file_pattern
from dashboard.product import ProductLike
from dashboard.texts import t
from dashboard.uploads import Upload, Uploads, clean_name, fits
from ingest.mapping import FilesOptions, SourceSpec
from ingest.pull import Progress, RunResult, export_rejects, feed_mended, pull

PIECE = 4 << 20
"""Bytes a piece: small enough to be sent again, large enough to be quick."""
MEGABYTE = 1 << 20
MENDED_ENDING = ".xlsx"
MOST_DETAILS = 5

_log = logging.getLogger("hotline.dashboard")
Answer = Response | tuple[Response, int]


def install(server: Flask, product: ProductLike) -> None:
    """Adds the routes."""
    desk = _Desk(product)
    server.add_url_rule("/upload/<source>", "upload_begin", desk.begin, methods=["POST"])
    server.add_url_rule("/upload/<source>/<upload_id>", "upload_piece", desk.piece, methods=["POST"])
    server.add_url_rule("/upload/<source>/<upload_id>", "upload_state", desk.state, methods=["GET"])
    server.add_url_rule("/export/rejects/<source>.xlsx", "export_rejects", desk.export, methods=["GET"])


def _say(text: str, status: int) -> Answer:
    return jsonify(message=language.spoken(text)), status


class _Desk:
    """The routes of one product."""

    def __init__(self, product: ProductLike) -> None:
        self._product = product
        self._uploads = Uploads(product.base_dir, product.clock)
        self._limit = product.settings.upload_max_mb * MEGABYTE

    def begin(self, source: str) -> Answer:
        """Checks what is announced: {"name", "size", "mended"}."""
        spec = self._spec(source)
        if spec is None:
            return _say(t("upload.no_source", code=source[:64]), 404)
        announced: Any = request.get_json(silent=True)
        if not isinstance(announced, dict) or not isinstance(announced.get("size"), int) or announced["size"] < 0:
            return _say(t("upload.bad_request"), 400)
        name, size = clean_name(str(announced.get("name", ""))), announced["size"]
        mended = announced.get("mended") is True
        pattern = f"*{MENDED_ENDING}" if mended else file_pattern(spec)
        if not fits(name, pattern):
            return _say(t("upload.bad_name", name=name, title=spec.title, pattern=pattern), 400)
        if size > self._limit:
            return _say(t("upload.too_big", size=fmt.size(size), limit=fmt.size(self._limit)), 413)
        try:
            upload = self._uploads.begin(source, name, size, mended=mended)
        except OSError as error:
            return _say(t("upload.disk", why=error.strerror or type(error).__name__), 507)
        return jsonify(id=upload.id, piece=PIECE)

    def piece(self, source: str, upload_id: str) -> Answer:
        """One piece, at ``offset``; the last one starts the pull."""
        upload, spec = self._uploads.get(upload_id), self._spec(source)
        if upload is None or spec is None or upload.source != source or upload.state != "receiving":
            return _say(t("upload.unknown"), 404)
        try:
            got = self._uploads.append(upload, int(request.args.get("offset", "")), request.stream)
        except ValueError:
            return _say(t("upload.bad_request"), 400)
        except OSError as error:
            return _say(t("upload.disk", why=error.strerror or type(error).__name__), 507)
        if got >= upload.size:
            reading = replace(upload, state="reading")
            self._uploads.save(reading)
            asked = (reading, spec, language.current())
            threading.Thread(target=self._read, args=asked, name=f"upload-{source}", daemon=True).start()
        return jsonify(received=got)

    def state(self, source: str, upload_id: str) -> Answer:
        """How far an upload is."""
        upload = self._uploads.get(upload_id)
        if upload is None or upload.source != source:
            return _say(t("upload.unknown"), 404)
        message, *details = (language.spoken(text) for text in (upload.message, *upload.details))
        return jsonify(state=upload.state, read=upload.read, message=message, details=details)

    def export(self, source: str) -> Answer:
        """The open rejects of a source as a workbook to mend."""
        if self._spec(source) is None:
            return _say(t("upload.no_source", code=source[:64]), 404)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "rejects.xlsx"
            export_rejects(self._product.engine, source, path)
            made = tempfile.SpooledTemporaryFile(max_size=8 * MEGABYTE)  # noqa: SIM115  # closed with the answer
            made.write(path.read_bytes())
        made.seek(0)
        return send_file(made, as_attachment=True, download_name=f"{source}-待修改.xlsx", max_age=0)

    def _spec(self, source: str) -> SourceSpec | None:
        found = [s for s in self._product.config.sources if s.code == source and s.enabled]
        return found[0] if found and isinstance(found[0].options, FilesOptions) else None

    def _read(self, upload: Upload, spec: SourceSpec, spoken: str) -> None:
        """In a thread of its own: the pull, and what came of it, in the language of who handed the file in."""
        language.use(spoken)
        try:
            results, like = (self._feed(upload), "") if upload.mended else self._pull(upload, spec)
            twin = t("upload.twin", name=upload.name, other=like) if like else ""
            self._uploads.finish(upload, *_told(results, twin))
        except Exception as error:
            _log.exception("上传的文件读入失败")
            self._uploads.finish(upload, "failed", t("upload.failed", why=str(error) or type(error).__name__))

    def _feed(self, upload: Upload) -> list[RunResult]:
        product = self._product
        with tempfile.TemporaryDirectory(dir=self._uploads.file(upload.id).parent) as folder:
            result = feed_mended(
                product.engine,
                product.config,
                self._uploads.into(upload, Path(folder), f"*{MENDED_ENDING}", 0),
                source_code=upload.source,
                now=product.clock(),
                tz=product.tz,
                base_dir=product.base_dir,
                holder=product.holder,
            )
        return [result]

    def _pull(self, upload: Upload, spec: SourceSpec) -> tuple[list[RunResult], str]:
        """What the pull said of the file, and under which other name ('' under its own)."""
        product = self._product
        folder = inbox(product.base_dir, spec)
        settle = spec.options.settle_seconds if isinstance(spec.options, FilesOptions) else 0
        placed = self._uploads.into(upload, folder, file_pattern(spec), settle + 1)
        results = pull(
            product.engine,
            product.config,
            spec.code,
            window=None,
            trigger="upload",
            now=product.clock(),
            tz=product.tz,
            base_dir=product.base_dir,
            holder=product.holder,
            progress=lambda step: self._progress(upload, step),
        )
        mine = [r for r in results if _is_of(placed, r.name)]
        return mine, next((r.name for r in mine if Path(r.name).name != placed.name), "")

    def _progress(self, upload: Upload, step: Progress) -> None:
        self._uploads.save(replace(upload, read=step.rows))


def _is_of(placed: Path, name: str) -> bool:
    """Whether a result is that of the file, or of its like that lay there before: of one content one is taken."""
    other = placed.with_name(Path(name).name)
    return other == placed or (other.is_file() and filecmp.cmp(other, placed, shallow=False))


def inbox(base: Path, spec: SourceSpec) -> Path:
    """The folder in which a files source looks: its glob up to the first part with a wildcard."""
    parts = Path(accepts(spec)).parent.parts
    plain = [part for index, part in enumerate(parts) if not any("*" in p or "?" in p for p in parts[: index + 1])]
    return base.joinpath(*plain)


def _told(results: list[RunResult], twin: str) -> tuple[str, str, tuple[str, ...]]:
    """State, message and further lines for what the pull of one file gave. ``twin``: that it was told of its like."""
    failed = [r for r in results if r.state in ("failed", "abandoned")]
    if failed:
        why = failed[0].error or t("upload.failed", why=failed[0].state)
        return ("failed", twin, (why,)) if twin else ("failed", why, ())
    if not results:
        return "done", t("upload.same"), ()
    read, used, rejected = (
        sum(getattr(r, field) for r in results) for field in ("rows_read", "rows_used", "rows_rejected")
    )
    message = t("upload.done", used=fmt.number(used), rejected=fmt.number(rejected), read=fmt.number(read))
    restated = sum(r.restated for r in results)
    details = [twin] if twin else []
    details += [t("upload.restated", n=fmt.number(restated))] if restated else []
    details += [warning for r in results for warning in r.warnings][:MOST_DETAILS]
    return "done", message, tuple(details)
