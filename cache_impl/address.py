"""Where a Redis server is and how to get in, from a URL or from a client that knows already."""

from __future__ import annotations

import inspect
import ssl
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import redis
from redis.connection import AbstractConnection, SSLConnection, parse_url

from .errors import BadSetting

_SCHEMES = ("redis", "rediss", "unix")
#: What we see to ourselves (deadlines, retries, the pool, RESP 2), or have no use for.
_NOT_PASSED_ON = {
    *("connection_class", "connection_pool", "max_connections", "timeout"),
    *("protocol", "legacy_responses", "decode_responses", "parser_class", "driver_info", "lib_name", "lib_version"),
    *("socket_timeout", "socket_connect_timeout", "orig_socket_timeout", "orig_socket_connect_timeout"),
    *("retry", "retry_on_timeout", "retry_on_error", "health_check_interval", "cache", "cache_config"),
    *(
        "event_dispatcher",
        "himport_registry",
        "orig_host_address",
        "maintenance_state",
        "maintenance_notification_hash",
    ),
    *("maint_notifications_config", "maint_notifications_pool_handler", "oss_cluster_maint_notifications_handler"),
}


class Address(NamedTuple):
    """``kind(**options)`` makes a connection, not yet open, to be secured by ``tls``; ``shown`` has no secret in it."""

    kind: type[AbstractConnection]
    options: dict[str, Any]
    shown: str
    tls: ssl.SSLContext | None = None


def address_of(
    server: str | redis.Redis, username: str | None, password: str | None, *, unverified_tls: bool
) -> Address:
    """The address of ``server``, a URL or a client. Nothing in an error shows a password.

    Raises:
        BadSetting: a URL with another scheme or none, or with something in it that cannot be; certificate
            checks turned off in it, without ``unverified_tls``; something that is neither URL nor client.
    """
    login = {name: given for name, given in (("username", username), ("password", password)) if given is not None}
    if isinstance(server, str):
        kind, options = _parsed(server)
        _refuse_unverified(kind, options, allowed=unverified_tls)
        return _checked(Address(kind, _passed_on(options | login), _shown(kind, options)))
    pool = getattr(server, "connection_pool", None)
    if not isinstance(server, redis.Redis) or pool is None:
        raise BadSetting(f"server is of type {type(server).__name__}; it is a URL or a redis.Redis client")
    if login:
        raise BadSetting(f"{' and '.join(login)} given beside a client; give it to the client")
    kind, options = pool.connection_class, pool.connection_kwargs
    if "connection_pool" in options:
        raise BadSetting("server is a client that asks a Sentinel; it is a URL or a client of one server")
    return _checked(Address(kind, _passed_on(options), _shown(kind, options)))


def _parsed(url: str) -> tuple[type[AbstractConnection], dict[str, Any]]:
    scheme, _, rest = url.partition("://")
    if scheme not in _SCHEMES:
        raise _bad(url, "has another scheme, or none")
    if scheme == "unix" and not rest:
        raise _bad(url, "has no path")
    try:
        parts = urlsplit(url)
        (parts.hostname or "").encode("idna")
        options: dict[str, Any] = parse_url(url)  # type: ignore[no-untyped-call]
    except ValueError:  # from None: what is said may quote a part of the password
        raise _bad(url, "has a host, port or option that cannot be") from None
    if scheme != "unix":
        if "@" in parts.path + parts.query + parts.fragment:
            raise _bad(url, "has a user or password with one of / ? # in it, which is to be written %2F %3F %23")
        if parts.path.strip("/") and not parts.path.strip("/").isdecimal():
            raise _bad(url, "has no number after its last /, where the database goes")
    return options.get("connection_class", redis.Connection), options


def _bad(url: str, why: str) -> BadSetting:
    before, at, place = url.rpartition("@")
    scheme = f"{before.partition('://')[0]}://" if "://" in before else ""
    place = "" if "?" in before else f"@{place}"  # what is behind the @ of a password in the query is no place
    seen = f"{scheme}...{place}" if at else url
    return BadSetting(f"server {seen.partition('?')[0]!r} {why}; it is redis://host:6379/0, rediss://..., unix:///path")


def _refuse_unverified(kind: type[AbstractConnection], options: dict[str, Any], *, allowed: bool) -> None:
    checks = options.get("ssl_cert_reqs") != "none" and options.get("ssl_check_hostname") is not False
    if issubclass(kind, SSLConnection) and not checks and not allowed:
        raise BadSetting(
            "server is a rediss:// URL that turns certificate checks off; unverified_tls=True would allow it"
        )


def _checked(address: Address) -> Address:
    try:
        connection = address.kind(**address.options)
        return address._replace(tls=_tls(connection) if isinstance(connection, SSLConnection) else None)
    except (TypeError, ValueError, OSError, redis.RedisError) as error:
        raise BadSetting(f"server {address.shown} has an option that cannot be: {error}") from None


def _tls(connection: Any) -> ssl.SSLContext | None:
    """What redis-py would make for each connection anew, in more time than many an operation has.

    None where it is to be asked for more than certificates.
    """
    if connection.ssl_validate_ocsp or connection.ssl_validate_ocsp_stapled:
        return None
    context = ssl.create_default_context()
    context.check_hostname = connection.check_hostname and connection.cert_reqs != ssl.CERT_NONE
    context.verify_mode = connection.cert_reqs
    for flag in getattr(connection, "ssl_include_verify_flags", None) or ():
        context.verify_flags |= flag
    for flag in getattr(connection, "ssl_exclude_verify_flags", None) or ():
        context.verify_flags &= ~flag
    if connection.certfile or connection.keyfile:
        context.load_cert_chain(connection.certfile, connection.keyfile, connection.certificate_password or "")
    if connection.ca_certs or connection.ca_path or connection.ca_data:
        context.load_verify_locations(connection.ca_certs, connection.ca_path, connection.ca_data)
    if connection.ssl_min_version is not None:
        context.minimum_version = connection.ssl_min_version
    if connection.ssl_ciphers:
        context.set_ciphers(connection.ssl_ciphers)
    return context


def _passed_on(options: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in options.items() if name not in _NOT_PASSED_ON}
    known = inspect.signature(AbstractConnection.__init__).parameters
    silent = ("driver_info",) if "driver_info" in known else ("lib_name", "lib_version")  # two round trips less
    return {**kept, "protocol": 2, **dict.fromkeys(silent)}


def _shown(kind: type[AbstractConnection], options: dict[str, Any]) -> str:
    database = options.get("db", 0)
    if "path" in options:
        return f"unix://{options['path']}?db={database}"
    scheme = "rediss" if issubclass(kind, SSLConnection) else "redis"
    host = str(options.get("host", "localhost"))
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{options.get('port', 6379)}/{database}"
