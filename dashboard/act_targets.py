"""What a person does on the pages of the performance contract: each act writes in one transaction and says what came
of it. Nothing here draws."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, replace
from datetime import date

from dashboard import language
from dashboard.product import ProductLike
from dashboard.texts import t
from db.bindings import load_bindings, save_bindings
from db.engine import write
from db.entries import Attachment, EntryError, add_entry, revoke_entry
from db.errors import StoreError
from db.sheet_edit import set_cell
from db.sheets import activate, list_flags, load_sheet, resolve_flag, save_sheet
from kpi.pace_model import Binding
from kpi.sheet import CellKind, Sheet
from targets.binding import propose
from targets.cells import read_cell
from targets.entry_check import EntryCheck
from targets.errors import SheetError
from targets.masked import masked
from targets.presets import preset

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
MOST_BYTES = 20 * 2**20


@dataclass(frozen=True, slots=True)
class Done:
    """What came of an act: ``text`` for the person, ``at`` the sheet's code where it leads on."""

    ok: bool
    text: str
    at: str = ""


@dataclass(frozen=True, slots=True)
class SheetForm:
    """The form of an import. ``file``: name and content as the browser hands them over (a data address)."""

    code: str
    centre: str
    author: str
    reason: str
    file_name: str = ""
    contents: str = ""
    pasted: str = ""


def refused(why: object) -> Done:
    """Nothing was written. What the rooms below refuse they say in Chinese; it is put into the reader's language whole,
    before it becomes a part of a sentence."""
    return Done(False, t("form.bad", why=language.spoken(str(why)) if isinstance(why, Exception) else why))


def decoded(contents: str) -> bytes:
    """The bytes of a data address. Raises SheetError where it is none, or too large."""
    try:
        found = base64.b64decode(contents.partition(",")[2], validate=True)
    except (binascii.Error, ValueError):
        raise SheetError(t("form.expired")) from None
    if len(found) > MOST_BYTES:
        raise SheetError(t("form.too_big", limit="20 MB"))
    return found


def import_sheet(product: ProductLike, form: SheetForm) -> Done:
    """Reads a document or pasted text as a new revision (a draft) of the sheet ``code``."""
    if not form.author.strip():
        return refused(t("form.need_author"))
    if not CODE.fullmatch(form.code.strip()):
        return refused(t("form.need_code"))
    if not form.contents and not form.pasted.strip():
        return refused(t("form.need_file"))
    from targets.draft import read_text, read_with_source  # late: readers of Word and Excel take a moment to load

    try:
        if form.contents:
            read, name = read_with_source(form.file_name, decoded(form.contents)), form.file_name
            sheet, source = read.sheet, read.source
        else:
            sheet, name, source = read_text(form.pasted), t("sheets.from_paste"), masked(form.pasted)[0]
    except SheetError as error:
        return refused(error)
    return _store(product, sheet, form, name, source)


def use_preset(product: ProductLike, code: str, centre: str, author: str) -> Done:
    """Takes a packaged sheet as a draft to start from."""
    if not author.strip():
        return refused(t("form.need_author"))
    try:
        sheet = preset(code)
    except KeyError:
        return refused(t("form.expired"))
    form = SheetForm(code, centre, author, "")
    return _store(product, sheet, form, code, "")


def _store(product: ProductLike, sheet: Sheet, form: SheetForm, name: str, source: str) -> Done:
    try:
        with write(product.engine) as conn:
            save_sheet(
                conn,
                sheet,
                code=form.code.strip(),
                centre=form.centre or None,
                author=form.author.strip(),
                reason=form.reason.strip(),
                source_name=name,
                source_text=source,
                now=product.clock(),
            )
            save_bindings(conn, form.code.strip(), propose(sheet, product.catalogue), replace=False)
    except StoreError as error:
        return refused(error)
    indicators = sum(len(p.indicators) for p in sheet.projects)
    text = t("form.imported", projects=len(sheet.projects), indicators=indicators, flags=len(sheet.flags))
    return Done(True, text, form.code.strip())


def settle_flag(
    product: ProductLike, code: str, revision: int, flag_id: int, *, author: str, value: str | None
) -> Done:
    """A person puts a flagged place right (``value``) or says it is right as read (None)."""
    if not author.strip():
        return refused(t("form.need_author"))
    try:
        with write(product.engine) as conn:
            flag = next((one for one in list_flags(conn, code, revision) if one.id == flag_id), None)
            if flag is None:
                return refused(t("form.expired"))
            if value is not None:
                cell = read_cell(value)
                if cell.kind is CellKind.LOST:
                    return refused(t("form.no_value", what=value.strip()[:40]))
                set_cell(conn, code, revision, flag.flag.place, cell)
            resolution = t("review.keep") if value is None else f"{t('review.value')} {value}"
            resolve_flag(conn, flag_id, by=author.strip(), resolution=resolution, now=product.clock())
    except StoreError as error:
        return refused(error)
    return Done(True, t("form.done"), code)


def put_in_force(product: ProductLike, code: str, revision: int, author: str) -> Done:
    """Makes a revision the one that is tracked."""
    if not author.strip():
        return refused(t("form.need_author"))
    try:
        with write(product.engine) as conn:
            activate(conn, code, revision, author=author.strip(), now=product.clock())
            save_bindings(conn, code, propose(load_sheet(conn, code), product.catalogue), replace=False)
    except StoreError as error:
        return refused(error)
    return Done(True, t("form.activated", n=revision), code)


def confirm(product: ProductLike, code: str, author: str, changed: dict[str, Binding] | None = None) -> Done:
    """A person confirms bindings: those given, or all that are only proposed."""
    if not author.strip():
        return refused(t("form.need_author"))
    now = product.clock()
    try:
        with write(product.engine) as conn:
            known = propose(load_sheet(conn, code), product.catalogue) | load_bindings(conn, code)
            wanted = changed if changed is not None else {k: b for k, b in known.items() if not b.confirmed_by}
            signed = {k: replace(b, confirmed_by=author.strip(), confirmed_at=now) for k, b in wanted.items()}
            save_bindings(conn, code, signed)
    except StoreError as error:
        return refused(error)
    return Done(True, t("form.confirmed", n=len(signed)), code)


def percent_or_number(typed: str, unit: str, what: str) -> float | None:
    """A number as typed, a percentage as a fraction; None for nothing. Raises ValueError with a Chinese sentence."""
    plain = typed.strip().replace(",", "").replace("%", "").replace("%", "")
    if not plain:
        return None
    try:
        value = float(plain)
        if not abs(value) < 1e15:
            raise ValueError
    except ValueError:
        raise ValueError(t("form.bad_number", what=f"{what} {typed[:40]}")) from None
    return value / 100 if unit == "%" else value


@dataclass(frozen=True, slots=True)
class EntryForm:
    """One reading as typed in. ``files``: (name, data address)."""

    key: str
    day: str
    value: str
    text: str
    note: str
    author: str
    files: tuple[tuple[str, str], ...] = ()


def enter(product: ProductLike, code: str, form: EntryForm, today: date) -> Done:
    """Stores a reading with its evidence."""
    try:
        day = date.fromisoformat(form.day)
    except ValueError:
        return refused(t("form.bad_day"))
    try:
        value = percent_or_number(form.value, "", t("entries.value"))
    except ValueError as error:
        return refused(error)
    if day > today:
        return refused(t("form.future_day", day=day))
    try:
        files = [Attachment(name, "application/octet-stream", decoded(data)) for name, data in form.files]
        with write(product.engine) as conn:
            add_entry(
                conn,
                code,
                key=form.key,
                day=day,
                value=value,
                text=form.text,
                note=form.note,
                author=form.author,
                now=product.clock(),
                evidence=files,
            )
            if problem := EntryCheck.of(conn, code).problem(form.key, day, value, form.text, form.value):
                raise EntryError(problem)  # takes the entry back
    except (StoreError, SheetError) as error:
        return refused(error)
    return Done(True, t("form.done"), code)


def take_back(product: ProductLike, entry_id: int, author: str) -> Done:
    """Revokes a reading; it stays in the history."""
    if not author.strip():
        return refused(t("form.need_author"))
    try:
        with write(product.engine) as conn:
            revoke_entry(conn, entry_id, by=author.strip(), now=product.clock())
    except StoreError as error:
        return refused(error)
    return Done(True, t("form.done"))
