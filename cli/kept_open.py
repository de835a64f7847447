"""Connections that outlive an answer without a body.

Waitress tells where an answer ends by its Content-Length alone, and hangs up after one that has none. An answer 204 or
304 never has a body, so its end is known without (RFC 9112, 6.3): pages that ask every ten seconds whether there is
anything new, and mostly hear that there is not, keep their connection.
"""

from __future__ import annotations

from waitress.channel import HTTPChannel
from waitress.task import WSGITask

MOST_KEPT = 400
"""With more connections than this open, such an answer ends its own: where everybody kept one, newcomers would wait
(and Windows can't watch more than 512)."""


class KeptTask(WSGITask):  # type: ignore[misc]  # waitress has no types
    """One answer; it ends the connection only where its end could not be told otherwise, or the other side asks."""

    def set_close_on_finish(self) -> None:
        """Ends the connection after this answer, unless the answer can't have a body."""
        asked = self.request.headers.get("CONNECTION", "").lower() == "close"
        crowded = len(self.channel.server.active_channels) > MOST_KEPT
        if asked or crowded or self.version != "1.1" or self.has_body:
            super().set_close_on_finish()


class KeptChannel(HTTPChannel):  # type: ignore[misc]
    """A connection whose answers are such."""

    task_class = KeptTask
