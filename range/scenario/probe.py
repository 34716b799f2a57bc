"""What a check looks at. A probe yields a raw observation: a flat, bounded JSON object.

`from` is where the probe starts: a network (a hidden address of it, another each time) or a node
(its network namespace, none of its programs). `node` is where host state is read, out of band.
Each class names the fields of its observation; every one may also carry `error`, a short word for
what went wrong on the way (`refused`, `timeout`, `unreachable`, ...), absent when nothing did.
A nonce is made for each probe: `{nonce}` in its strings and in what is expected stands for it.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from range.scenario.model import Flag, Model, Name, Pattern, Seconds, Value


class _Probe(Model):
    timeout: Seconds = Field(10, ge=1, le=120)


class _FromOutside(_Probe):
    from_: Name = Field(alias="from")


class HttpRequest(Model):
    """One request of a session."""

    url: str = Field(pattern=r"^https?://")
    method: Literal["GET", "POST", "PUT", "DELETE", "HEAD"] = "GET"
    headers: dict[str, Value] = Field(default_factory=dict)
    form: dict[str, Value] | None = Field(None, description="Sent as a filled-in HTML form")


class HttpProbe(_FromOutside):
    """Requests of one session with cookies; observes the last: status, body, headers, ms."""

    kind: Literal["http"]
    requests: tuple[HttpRequest, ...] = Field(min_length=1, max_length=8)
    proxy: str | None = Field(None, pattern=r"^http://")
    user: Value | None = Field(None, description="HTTP basic authentication")
    password: Value | None = None
    resolver: str | None = None


class TcpProbe(_FromOutside):
    """A connection to host:port; observes connected (bool), banner (str), ms."""

    kind: Literal["tcp"]
    host: str
    port: int = Field(ge=1, le=65535)


class DnsProbe(_FromOutside):
    """A query; observes rcode (str), answers (list of str), ms."""

    kind: Literal["dns"]
    server: str
    name: str
    type: Literal["A", "AAAA", "MX", "TXT", "PTR", "CNAME", "NS"] = "A"


class MailProbe(_FromOutside):
    """Sends a mail with a nonce by SMTP, reads it by IMAP; observes sent, received (bools), ms."""

    kind: Literal["mail"]
    smtp: str
    port: int = 25
    sender: str
    recipient: str
    imap: str
    user: Value
    password: Value


class SmbProbe(_FromOutside):
    """Logs on to a share, writes and reads back a nonce (or reads `path`): wrote, read, ms."""

    kind: Literal["smb"]
    host: str
    share: str
    user: Value
    password: Value
    path: str | None = None


class CommandProbe(_Probe):
    """A program run on the node; observes exit (int), stdout, stderr."""

    kind: Literal["command"]
    node: Name
    run: str = Field(max_length=8000, description="A POSIX shell script of the author")
    user: str = "root"


class FileProbe(_Probe):
    """A file, read without following links out of the node.

    Observes exists, type (file, directory, link, other), size, sha256, content, owner, mode.
    """

    kind: Literal["file"]
    node: Name
    path: str = Field(pattern=r"^/")


class LogProbe(_Probe):
    """Lines of a log (and its rotated neighbour) that match; observes count, lines (last 20)."""

    kind: Literal["log"]
    node: Name
    path: str = Field(pattern=r"^/")
    matches: Pattern


class ProcessProbe(_Probe):
    """Processes of the node whose command line matches, seen from the host; count, commands."""

    kind: Literal["process"]
    node: Name
    matches: Pattern


Probe = Annotated[
    HttpProbe
    | TcpProbe
    | DnsProbe
    | MailProbe
    | SmbProbe
    | CommandProbe
    | FileProbe
    | LogProbe
    | ProcessProbe,
    Field(discriminator="kind"),
]

# Fields of each kind's observation: what `expect` can ask for.
OBSERVES: dict[str, tuple[str, ...]] = {
    "http": ("status", "body", "headers", "ms", "error"),
    "tcp": ("connected", "banner", "ms", "error"),
    "dns": ("rcode", "answers", "ms", "error"),
    "mail": ("sent", "received", "ms", "error"),
    "smb": ("wrote", "read", "ms", "error"),
    "command": ("exit", "stdout", "stderr", "error"),
    "file": ("exists", "type", "size", "sha256", "content", "owner", "mode", "error"),
    "log": ("count", "lines", "error"),
    "process": ("count", "commands", "error"),
}

Scalar = str | int | float | bool


class Condition(Model):
    """What one field of an observation must be; every operator given must hold."""

    equals: Scalar | None = None
    differs: Scalar | None = None
    contains: str | None = None
    lacks: str | None = None
    matches: Pattern | None = None
    among: tuple[Scalar, ...] | None = None
    at_least: float | None = None
    at_most: float | None = None
    present: Flag | None = None


def _short_form(value: Any) -> Any:
    """Let `status: 200` stand for `status: {equals: 200}`."""
    if isinstance(value, dict):
        return {
            key: {"equals": item} if isinstance(item, str | int | float | bool) else item
            for key, item in value.items()
        }
    return value


Expect = Annotated[dict[str, Condition], BeforeValidator(_short_form)]
