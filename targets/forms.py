"""Which layout a sheet is printed in."""

from __future__ import annotations

from kpi.sheet import Sheet
from targets.form_report import report_forms
from targets.form_shanghai import shanghai_forms
from targets.form_standard import standard_forms
from targets.form_zhongshan import zhongshan_forms
from targets.grid import Form

_LAYOUTS = {"shanghai": shanghai_forms, "zhongshan": zhongshan_forms, "report": report_forms}


def forms_of(sheet: Sheet) -> tuple[Form, ...]:
    """The sheet as forms in its own layout; the standard one where it has none of its own."""
    return _LAYOUTS.get(sheet.form, standard_forms)(sheet)
