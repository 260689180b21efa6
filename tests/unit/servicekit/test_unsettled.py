"""A message that fails before its handler sees it holds nobody's place."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from servicekit.broker import RejectUnsettled


@pytest.mark.parametrize(("committed", "rejected"), [(None, 1), ("acked", 0)])
async def test_what_nobody_settled_is_rejected_once(committed: str | None, rejected: int) -> None:
    rejections = []

    async def reject() -> None:
        rejections.append(1)

    async def fail(_: Any) -> None:
        raise TypeError("a damaged header")

    message = cast(Any, SimpleNamespace(message_id="1", committed=committed, reject=reject))
    with pytest.raises(TypeError):
        await RejectUnsettled(None, context=cast(Any, None)).consume_scope(fail, message)
    assert len(rejections) == rejected
