"""The cache that the environment and a ``.env`` ask for: the same program with Redis and without."""

from __future__ import annotations

import math
import os
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from difflib import SequenceMatcher
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from .basics import FAR, LEAST_KEY
from .breaker import CircuitBreaker
from .errors import AccessDenied, BadSetting, StorageError
from .memory import MemoryCache
from .private import private_directory
from .store import LONGEST_WAIT

if TYPE_CHECKING:
    from .layered import LayeredCache
    from .local import LocalCache

_OURS = "CACHE_"  # what begins so is meant for us, most likely
_TYPO = 0.85  # how much alike a name and ours are where one is the other, mistyped
_WORDS = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}

_Cache = TypeVar("_Cache")


def open_cache(settings: Settings | None = None) -> LayeredCache | LocalCache:
    """The cache that ``settings`` ask for, by default those of the environment and of ``.env``.

    With ``use_redis`` it is a ``LayeredCache``: memory, Redis, and a file while Redis is away. Without, it is a
    ``LocalCache``, memory and a file, with the same methods. Each has a directory of its own in ``directory``.

    Raises:
        BadSetting: a setting that cannot be, by its name in the environment.
        AccessDenied, StorageError: the directory cannot be used.
    """
    settings = Settings.read() if settings is None else settings
    return _layered(settings) if settings.use_redis else _local(settings)


def _flag(text: str) -> bool:
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    raise ValueError("true or false")


def _seconds(below: float) -> Callable[[str], Any]:
    def read(text: str) -> float:
        try:
            if 0 < (value := float(text)) < below:
                return value
        except ValueError:
            pass
        raise ValueError(f"a number of seconds above 0 and below {below:,.0f}, such as 0.25")

    return read


def _amount(text: str) -> float:
    try:
        if 0 <= (value := float(text)) < math.inf:
            return value
    except ValueError:
        pass
    raise ValueError("a number, 0 or more")


def _at_least(least: int) -> Callable[[str], Any]:
    def read(text: str) -> int:
        if text.isdecimal() and text.isascii() and int(text) >= least:
            return int(text)
        raise ValueError(f"a whole number, {least} or more")

    return read


def _key(text: str) -> bytes:
    if len(key := text.encode(errors="surrogateescape")) >= LEAST_KEY:
        return key
    raise ValueError(f'{LEAST_KEY} bytes or more; python -c "import secrets; print(secrets.token_hex())" makes one')


def _setting(name: str, default: Any, read: Callable[[str], Any] = str, *, secret: bool = False) -> Any:
    """A field that is called ``name`` in the environment; a ``secret`` one is shown nowhere."""
    return field(default=default, metadata={"name": name, "read": read, "secret": secret})


@dataclass(frozen=True, repr=False)
class Settings:
    """What can be set, with the defaults; ``.env.example`` tells what each is for.

    Raises:
        BadSetting: when they are read.
    """

    use_redis: bool = _setting("USE_REDIS", default=True, read=_flag)
    redis_url: str = _setting("REDIS_URL", "redis://localhost:6379/0", secret=True)
    redis_username: str | None = _setting("REDIS_USERNAME", None)
    redis_password: str | None = _setting("REDIS_PASSWORD", None, secret=True)
    redis_deadline: float = _setting("REDIS_DEADLINE", 0.25, _seconds(below=LONGEST_WAIT))
    redis_pool_size: int = _setting("REDIS_POOL_SIZE", 10, _at_least(1))
    redis_prefix: str = _setting("REDIS_PREFIX", "cache:")
    redis_lease: float = _setting("REDIS_LEASE", 30.0, _seconds(below=LONGEST_WAIT))
    redis_early_refresh: float = _setting("REDIS_EARLY_REFRESH", 0.0, _amount)
    redis_stale: float = _setting("REDIS_STALE", 0.0, _amount)
    directory: str = _setting("CACHE_DIRECTORY", ".cache_impl")
    ttl: float | None = _setting("CACHE_TTL", None, _seconds(below=FAR))
    memory_capacity: int = _setting("CACHE_MEMORY_CAPACITY", 1000, _at_least(0))
    memory_ttl: float = _setting("CACHE_MEMORY_TTL", 5.0, _seconds(below=FAR))
    mirror: bool = _setting("CACHE_MIRROR", default=False, read=_flag)
    single_host: bool = _setting("CACHE_SINGLE_HOST", default=False, read=_flag)
    signing_key: bytes | None = _setting("CACHE_SIGNING_KEY", None, _key, secret=True)
    breaker_failure_threshold: int = _setting("CACHE_BREAKER_FAILURE_THRESHOLD", 3, _at_least(1))
    breaker_recovery_time: float = _setting("CACHE_BREAKER_RECOVERY_TIME", 1.0, _seconds(below=FAR))

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None, dotenv: str | PathLike[str] | None = ".env") -> Self:
        """Those in ``environment``, by default this process's own, before those in the file ``dotenv``, if it is there.

        An empty value is the default. Nothing in the file is expanded, and this process's environment stays as it is.

        Raises:
            BadSetting: a value that cannot be, a name that is one of ours but for a typo, a file that cannot be read.
        """
        sources = [(os.environ if environment is None else environment, "the environment")]
        if dotenv is not None and os.path.lexists(dotenv):
            sources.append((_in_file(Path(dotenv)), str(dotenv)))
        found: dict[str, Any] = {}
        for source, place in reversed(sources):
            _check_names(source, place)
            found |= {name: _value(each, source[name], place) for name, each in _NAMES.items() if source.get(name)}
        return cls(**{_NAMES[name].name: value for name, value in found.items()})

    def __repr__(self) -> str:
        """What differs from the defaults, without the secrets."""
        changed = [each for each in fields(self) if getattr(self, each.name) != each.default]
        shown = ((each.name, "..." if each.metadata["secret"] else repr(getattr(self, each.name))) for each in changed)
        return f"Settings({', '.join(f'{name}={value}' for name, value in shown)})"


_NAMES = {each.metadata["name"]: each for each in fields(Settings)}


def _value(setting: Any, text: str, place: str) -> Any:
    try:
        return setting.metadata["read"](text)
    except ValueError as error:
        name, secret = setting.metadata["name"], setting.metadata["secret"]
        given = f"{len(text)} characters" if secret else repr(text)
        raise BadSetting(f"{name}={given} in {place}: it is {error}") from None


def _in_file(path: Path) -> dict[str, str]:
    """What stands in a ``.env``."""
    from dotenv.parser import parse_stream  # noqa: PLC0415  # who has no such file does not wait for it

    try:
        with path.open(encoding="utf-8") as stream:
            lines = list(parse_stream(stream))
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
        raise BadSetting(f"{path} cannot be read: {why}") from None
    for line in lines:
        if line.error:  # which may be a secret, and is not shown
            raise BadSetting(f"{path}, line {line.original.line}: it is NAME=value, or a comment that begins with #")
    return {line.key: line.value or "" for line in lines if line.key}


def _check_names(source: Mapping[str, str], place: str) -> None:
    """Refuse a name that is one of ours but for a typo; warn of others that begin as ours do."""
    for name in source.keys() - _NAMES.keys():
        alike, ours = max((_likeness(name, each), each) for each in _NAMES)
        if alike >= _TYPO:
            raise BadSetting(f"{name} in {place} is no setting; did you mean {ours}?")
        if name.startswith(_OURS):
            nearest = max((each for each in _NAMES if each.startswith(_OURS)), key=lambda each: _likeness(name, each))
            warnings.warn(f"{name} in {place} is no setting of this cache; the nearest one is {nearest}", stacklevel=4)


def _likeness(name: str, ours: str) -> float:
    """From 0 to 1; what both begin with, up to the first ``_``, does not count."""
    (before, _, rest), (our_before, _, our_rest) = name.partition("_"), ours.partition("_")
    if before == our_before:
        return SequenceMatcher(None, rest, our_rest).ratio()
    return SequenceMatcher(None, name, ours).ratio()


def _layered(settings: Settings) -> LayeredCache:
    from .address import address_of  # noqa: PLC0415  # and redis-py with it
    from .layered import LayeredCache  # noqa: PLC0415
    from .redis import RedisCache  # noqa: PLC0415

    login = settings.redis_username, settings.redis_password
    try:
        address_of(settings.redis_url, *login, unverified_tls=False)
    except BadSetting as error:
        raise BadSetting(f"REDIS_URL: {error}") from None
    redis = RedisCache(
        settings.redis_url,
        username=login[0],
        password=login[1],
        deadline=settings.redis_deadline,
        pool_size=settings.redis_pool_size,
        prefix=settings.redis_prefix,
        lease=settings.redis_lease,
        early_refresh=settings.redis_early_refresh,
        stale=settings.redis_stale,
        ttl=settings.ttl,
        signing_key=settings.signing_key,
    )
    breaker = CircuitBreaker(
        failure_threshold=settings.breaker_failure_threshold,
        recovery_time=settings.breaker_recovery_time,
        name="redis",
    )
    options = {**_memory(settings), "breaker": breaker, "mirror": settings.mirror}
    return _opened(lambda place: LayeredCache(redis, place / "layered", **options), settings)


def _local(settings: Settings) -> LocalCache:
    from .local import LocalCache  # noqa: PLC0415

    options = {**_memory(settings), "ttl": settings.ttl, "signing_key": settings.signing_key}
    return _opened(lambda place: LocalCache(place / "local", **options), settings)


def _memory(settings: Settings) -> dict[str, Any]:
    if not settings.memory_capacity:
        return {}
    return {"memory": MemoryCache(settings.memory_capacity), "memory_ttl": settings.memory_ttl}


def _opened(open_: Callable[[Path], _Cache], settings: Settings) -> _Cache:
    try:
        return open_(private_directory(settings.directory, ("layered", "local")))
    except (AccessDenied, StorageError) as error:
        raise type(error)(f"CACHE_DIRECTORY: {error}") from error
