"""A file share, used as staff do: log on, write, read back."""

from __future__ import annotations

import errno
import time
from typing import Any

from range.network.agent.errors import Unresolved, word
from range.network.agent.ops.dns import address_of

_READ = 65_536
_WORDS = {errno.ENOENT: "absent", errno.EACCES: "denied"}
_STATUS = {0xC0000022: "denied", 0xC00000CC: "absent"}  # ACCESS_DENIED, BAD_NETWORK_NAME


def smb(args: dict[str, Any], deadline: float) -> dict[str, Any]:
    """Write and read back `nonce`, or read `path`; an observation of the smb kind."""
    # Slow to import: see PRELOADED in the registry.
    import smbclient
    from smbprotocol.exceptions import LogonFailure, SMBException, SMBOSError, SMBResponseException

    began = time.monotonic()
    seen: dict[str, Any] = {"wrote": False, "read": False}
    try:
        host = address_of(args["host"], args.get("resolver") or "", deadline)
        smbclient.ClientConfig(skip_dfs=True, require_secure_negotiate=False)
        smbclient.register_session(
            host,
            username=args["user"],
            password=args["password"],
            connection_timeout=max(1, int(deadline - time.monotonic())),
            auth_protocol="ntlm",
        )
        share = rf"\\{host}\{args['share']}"
        if args.get("path"):
            with smbclient.open_file(rf"{share}\{_backwards(args['path'])}", mode="rb") as file:
                file.read(_READ)
            seen["read"] = True
        else:
            name = rf"{share}\{args['nonce']}.txt"
            with smbclient.open_file(name, mode="wb") as file:
                file.write(args["nonce"].encode())
            seen["wrote"] = True
            with smbclient.open_file(name, mode="rb") as file:
                seen["read"] = file.read(_READ) == args["nonce"].encode()
            smbclient.remove(name)
    except LogonFailure:
        seen["error"] = "login"
    except SMBOSError as error:
        seen["error"] = _WORDS.get(error.errno, "refused")
    except SMBResponseException as error:
        seen["error"] = _STATUS.get(error.status, "refused")
    except SMBException:
        seen["error"] = "protocol"
    except (OSError, Unresolved, ValueError) as error:
        seen["error"] = word(error.__cause__ or error)  # wrapped in a ValueError
    return {**seen, "ms": round((time.monotonic() - began) * 1000)}


def _backwards(path: str) -> str:
    return path.strip("/\\").replace("/", "\\")
