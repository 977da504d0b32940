"""What a ``ToolCache`` does, for ``asyncio``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from .basics import T
from .waiting import await_, run


class ToolCoroutines:
    """The operations of a ``ToolCache`` as coroutine functions; see ``Coroutines`` of its cache."""

    async def aget_catalog(self, source: Any, version: str, default: Any = None) -> Any:
        """``get_catalog``."""
        return await run(self.get_catalog, source, version, default)

    async def aset_catalog(self, source: Any, version: str, catalog: Any) -> None:
        """``set_catalog``."""
        await run(self.set_catalog, source, version, catalog)

    async def aget_tool(self, name: str, version: str, default: Any = None) -> Any:
        """``get_tool``."""
        return await run(self.get_tool, name, version, default)

    async def aset_tool(self, name: str, version: str, metadata: Any) -> None:
        """``set_tool``."""
        await run(self.set_tool, name, version, metadata)

    async def aget_search_results(self, query: Any, catalog_version: str, top_k: int, default: Any = None) -> Any:
        """``get_search_results``."""
        return await run(self.get_search_results, query, catalog_version, top_k, default)

    async def aset_search_results(self, query: Any, catalog_version: str, top_k: int, results: Any) -> None:
        """``set_search_results``."""
        await run(self.set_search_results, query, catalog_version, top_k, results)

    async def aget_embedding(self, content: Any, model: str, default: Any = None) -> Any:
        """``get_embedding``."""
        return await run(self.get_embedding, content, model, default)

    async def aset_embedding(self, content: Any, model: str, embedding: Any) -> None:
        """``set_embedding``."""
        await run(self.set_embedding, content, model, embedding)

    async def ainvalidate_catalog(self, version: str) -> int:
        """``invalidate_catalog``."""
        return int(await run(self.invalidate_catalog, version))

    async def ainvalidate_tool(self, name: str) -> int:
        """``invalidate_tool``."""
        return int(await run(self.invalidate_tool, name))

    async def arun_once(  # noqa: PLR0913  # what the task is, and how patient
        self,
        agent: str,
        template: str,
        arguments: Any,
        fn: Callable[[], Awaitable[T]],
        *,
        lease: float = 600.0,
        wait: float = 30.0,
    ) -> T:
        """``run_once`` for a coroutine function. If it is cancelled, the task may run again at once."""
        once = self.run_once
        result: T = await run(once, agent, template, arguments, lambda: await_(fn()), lease=lease, wait=wait)
        return result

    if TYPE_CHECKING:  # what they are made of
        get_catalog: Callable[..., Any]
        set_catalog: Callable[..., Any]
        get_tool: Callable[..., Any]
        set_tool: Callable[..., Any]
        get_search_results: Callable[..., Any]
        set_search_results: Callable[..., Any]
        get_embedding: Callable[..., Any]
        set_embedding: Callable[..., Any]
        invalidate_catalog: Callable[..., Any]
        invalidate_tool: Callable[..., Any]
        run_once: Callable[..., Any]
