"""What an LLM application keeps about its tools: each kind of entry with its key and its ttl, and tasks run once."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from math import inf
from typing import TYPE_CHECKING, Any, Protocol

from .basics import MISSING, T, checked_count, checked_seconds
from .claims import Claims, claims_on
from .costs import Costs, Ledger
from .errors import BadKey, BadSetting, StillRunning
from .keys import cache_key, checked_part, digest
from .tool_coroutines import ToolCoroutines
from .waiting import sleep

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_TTLS = {
    "catalog": 24 * 3600.0,
    "tool": 24 * 3600.0,
    "search": 3600.0,
    "embedding": 7 * 24 * 3600.0,
    "idempotency": 3600.0,
}
#: How old an entry may be while Redis is away, seconds: others may have changed it since. An embedding never changes.
_STALE = {"catalog": 4 * 3600.0, "tool": 4 * 3600.0, "search": 300.0, "embedding": inf}
_PAUSE = 0.02  # seconds between two looks at a task that another runs
_SHORT = 32  # hex digits of a digest within a key


class Cache(Protocol):
    """What is asked of a cache here."""

    def get(self, key: str, default: Any = None) -> Any: ...
    def set(self, key: str, value: Any, ttl: float | None = None) -> None: ...
    def delete_many(self, keys: Iterable[str]) -> int: ...
    def __iter__(self) -> Iterator[Any]: ...


class ToolCache(ToolCoroutines):
    """Five kinds of entries over ``cache``, any cache of this package, which stays the caller's to close.

    | kind | lives | key |
    | --- | --- | --- |
    | ``catalog`` | 24 h | ``catalog:{version}:{digest of the source}`` |
    | ``tool`` | 24 h | ``tool:{name}:{version}`` |
    | ``search`` | 1 h | ``search:{digest of the query}:{catalog version}:{top k}`` |
    | ``embedding`` | 7 d | ``embedding:{digest of the content}:{model}`` |
    | ``idempotency`` | 1 h | ``idempotency:{digest of agent, template and arguments}`` |

    Over a LayeredCache, while Redis is away, a catalog or a tool is answered up to 4 hours after it was set, what was
    searched up to 5 minutes, and an embedding at any age, as its key is its content; ``stale`` has other limits, in
    seconds, by kind.

    ``ttls`` has other lives, in seconds, by kind. Sources, queries, contents and arguments are any data that
    ``digest`` takes; names and versions are text without a colon. An entry goes when its ttl ends, is not asked
    for any more when a version changes, and is removed by ``invalidate_catalog`` and ``invalidate_tool``.

    ``prices`` has what one call of a kind costs where the cache has no answer; ``costs`` reckons up.

    ``single_host`` says that no other machine runs the same tasks. Without it ``run_once`` needs a server that all
    machines share, and refuses while that is away. Over a LayeredCache it has tasks claimed and results kept in a
    file beside that cache's own, and never on the server. Over a MemoryCache it says that this process is alone,
    and that the cache is large enough never to evict a result.

    Raises:
        BadKey: data without a canonical form; a name or version that could make two keys meet.
        BadSetting: ``cache`` is none; an unknown kind, a ttl that is not above 0, a price below 0.
    """

    def __init__(
        self,
        cache: Cache,
        *,
        ttls: Mapping[str, float] | None = None,
        stale: Mapping[str, float] | None = None,
        prices: Mapping[str, float] | None = None,
        single_host: bool = False,
    ) -> None:
        if not hasattr(cache, "delete_many"):
            raise BadSetting(f"cache is of type {type(cache).__name__}; it is a cache, such as a RedisCache")
        self._cache, self._single_host = cache, single_host
        self._ledger = Ledger(_TTLS, prices or {})
        self._claims: Claims | None = None  # until a task is run
        self._ttls = _TTLS | _checked_by_kind("ttls", ttls or {}, _TTLS)
        self._stale = _STALE | _checked_by_kind("stale", stale or {}, _STALE)

    def get_catalog(self, source: Any, version: str, default: Any = None) -> Any:
        """The catalog of ``source``, such as a list of servers, in that version; or ``default``."""
        return self._get("catalog", cache_key("catalog", version, source), default)

    def set_catalog(self, source: Any, version: str, catalog: Any) -> None:
        """Keep the catalog of ``source`` in that version."""
        self._set("catalog", cache_key("catalog", version, source), catalog)

    def get_tool(self, name: str, version: str, default: Any = None) -> Any:
        """What is known about a tool, or ``default``."""
        return self._get("tool", _tool_key(name, version), default)

    def set_tool(self, name: str, version: str, metadata: Any) -> None:
        """Keep what is known about a tool."""
        self._set("tool", _tool_key(name, version), metadata)

    def get_search_results(self, query: Any, catalog_version: str, top_k: int, default: Any = None) -> Any:
        """The best ``top_k`` that were found for ``query`` in that version of the catalog; or ``default``."""
        return self._get("search", _search_key(query, catalog_version, top_k), default)

    def set_search_results(self, query: Any, catalog_version: str, top_k: int, results: Any) -> None:
        """Keep what was found for ``query``; that nothing was, too."""
        self._set("search", _search_key(query, catalog_version, top_k), results)

    def get_embedding(self, content: Any, model: str, default: Any = None) -> Any:
        """The embedding of ``content`` by ``model``, or ``default``. A colon in a model's name is fine."""
        return self._get("embedding", _embedding_key(content, model), default)

    def set_embedding(self, content: Any, model: str, embedding: Any) -> None:
        """Keep the embedding of ``content`` by ``model``."""
        self._set("embedding", _embedding_key(content, model), embedding)

    def invalidate_catalog(self, version: str) -> int:
        """Remove the catalogs of ``version`` and what was found in them; how many entries. Looks at every key."""
        checked_part("version", version)
        return self._remove(lambda kind, parts: version == parts[kind == "search"], "catalog", "search")

    def invalidate_tool(self, name: str) -> int:
        """Remove the tool in all its versions; how many entries. Looks at every key."""
        checked_part("name", name)
        return self._remove(lambda _, parts: parts[0] == name, "tool")

    def run_once(  # noqa: PLR0913  # what the task is, and how patient
        self,
        agent: str,
        template: str,
        arguments: Any,
        fn: Callable[[], T],
        *,
        lease: float = 600.0,
        wait: float = 30.0,
    ) -> T:
        """What ``fn()`` returns; what it once returned, to everybody who asks for the same task afterwards.

        The task is claimed in one atomic step for ``lease`` seconds: so long, nobody else runs it, on any machine.
        Who asks meanwhile waits up to ``wait`` seconds for the result. If ``fn`` raises, or returns what cannot be
        stored, that reaches its caller alone, and the next one may run.

        If the owner dies, its claim ends with the lease. If ``fn`` takes longer than that, another may run the
        same task: at most once is promised while the lease lasts. A late result is returned to its caller and never
        replaces what another has claimed or stored. Where the server goes away while ``fn`` runs, the result is
        returned but not kept, and the task may run again after the lease. So it is with a claim of which the
        server's answer was lost. In a MemoryCache a claim holds until ``fn`` ends, whatever the lease. What is
        deleted from the cache by hand, or lost by the server, may run again.

        Raises:
            StillRunning: there was no result yet after ``wait`` seconds.
            Unavailable: the server cannot be reached, ``fn`` was not called. Of a breaker: CircuitOpen.
            BadSetting: ``cache`` is for this host alone, and nobody said ``single_host``.
        """
        key = f"idempotency:{digest([agent, template, arguments], _SHORT)}"
        claims = self._claims = self._claims or claims_on(self._cache, single_host=self._single_host)
        lease, patience = checked_seconds("lease", lease), 0.0 if wait == 0 else checked_seconds("wait", wait)
        given_up = time.monotonic() + patience
        result: T
        while (result := claims.find(key)) is MISSING:
            claim = claims.claim(key, lease)
            if claim is not None:
                self._ledger.note("idempotency", hit=False)
                return claim.run(fn, self._ttls["idempotency"])
            if time.monotonic() >= given_up:
                raise StillRunning(
                    f"the task {template!r} of agent {agent!r} is claimed and had no result after {patience:g} s; "
                    "ask again later, its result is kept"
                )
            sleep(_PAUSE)
        self._ledger.note("idempotency", hit=True)
        return result

    def costs(self) -> Costs:
        """What the look-ups of this object have cost and saved so far. Each miss is taken for a call that was made."""
        return self._ledger.costs()

    def _get(self, kind: str, key: str, default: Any) -> Any:
        lasting = getattr(self._cache, "get_lasting", None)  # of a cache that has a server to lose
        least = self._ttls[kind] - self._stale[kind]
        value = self._cache.get(key, MISSING) if lasting is None else lasting(key, least, MISSING)
        self._ledger.note(kind, hit=value is not MISSING)
        return default if value is MISSING else value

    def _set(self, kind: str, key: str, value: Any) -> None:
        self._cache.set(key, value, self._ttls[kind])

    def _remove(self, unwanted: Callable[[str, list[str]], bool], *kinds: str) -> int:
        """Remove each key of these ``kinds`` of which ``unwanted(kind, parts after the kind)``."""
        doomed = []
        for key in self._cache:
            kind, *parts = key.split(":") if isinstance(key, str) else ("",)
            if kind in kinds and len(parts) >= 2 and unwanted(kind, parts):
                doomed.append(key)
        return self._cache.delete_many(doomed)


def _tool_key(name: str, version: str) -> str:
    return f"tool:{checked_part('name', name)}:{checked_part('version', version)}"


def _search_key(query: Any, catalog_version: str, top_k: int) -> str:
    checked_count("top_k", top_k, "results")
    return f"search:{digest(query, _SHORT)}:{checked_part('catalog_version', catalog_version)}:{top_k}"


def _embedding_key(content: Any, model: str) -> str:
    if not isinstance(model, str) or not model:
        raise BadKey(f"model is {model!r}; it is the name of a model, such as 'all-minilm-l6-v2'")
    return f"embedding:{digest(content, _SHORT)}:{model}"


def _checked_by_kind(name: str, given: Mapping[str, float], known: Mapping[str, float]) -> dict[str, float]:
    for kind in given:
        if kind not in known:
            raise BadSetting(f"{name} has {kind!r}, which is no kind of entry here; the kinds are {', '.join(known)}")
    return {kind: checked_seconds(f"{name}[{kind!r}]", seconds) for kind, seconds in given.items()}
