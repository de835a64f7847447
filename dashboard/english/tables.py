"""All English twins of the catalogue of texts, under the same keys."""

from __future__ import annotations

from dashboard.english.texts import FRAME_TEXTS_EN
from dashboard.english.texts_alerts import ALERT_TEXTS_EN
from dashboard.english.texts_compare import COMPARE_TEXTS_EN
from dashboard.english.texts_pages import PAGE_TEXTS_EN
from dashboard.english.texts_reference import REFERENCE_TEXTS_EN
from dashboard.english.texts_reports import REPORT_TEXTS_EN
from dashboard.english.texts_seats import SEAT_TEXTS_EN
from dashboard.english.texts_targets import TARGET_TEXTS_EN
from dashboard.english.texts_wall import WALL_TEXTS_EN

ENGLISH: dict[str, str] = (
    FRAME_TEXTS_EN
    | TARGET_TEXTS_EN
    | PAGE_TEXTS_EN
    | ALERT_TEXTS_EN
    | REPORT_TEXTS_EN
    | COMPARE_TEXTS_EN
    | REFERENCE_TEXTS_EN
    | SEAT_TEXTS_EN
    | WALL_TEXTS_EN
)
