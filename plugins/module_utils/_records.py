# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""What each topology of this host has made and uses: one file a topology under /run/netns-lab, which goes at reboot
with the objects themselves.

A record is written before the host is changed, with everything the change will make, and again afterwards. Each entry
names its object and has a token that no stranger's object of the same name can have: so an entry whose object was
never made, or was replaced by somebody else's, is simply not true, and a crash at any point does no harm.
"""

from __future__ import annotations

import contextlib
import json
import os
import typing as t
from dataclasses import dataclass, field

from ansible_collections.netns.lab.plugins.module_utils._errors import LabError
from ansible_collections.netns.lab.plugins.module_utils._model import Key

RECORDS_DIR = "/run/netns-lab"
_SUFFIX = ".json"
_VERSION = 1

Tokens = dict[Key, str]


@dataclass
class Record:
    """One topology's."""

    topology: str
    owns: Tokens = field(default_factory=dict)
    """What it made, and so may delete; while a run is at work, what it will have made then."""
    was: Tokens = field(default_factory=dict)
    """What it had made before, while a run is at work: objects that the run replaces by others of the same name."""
    uses: Tokens = field(default_factory=dict)
    """What it found and needs, so that no other topology deletes it."""
    removal: dict[Key, dict[str, t.Any]] = field(default_factory=dict)
    """How to take it away, where the definition said so."""

    def tokens(self, key: Key) -> tuple[str | None, ...]:
        """Those of what it made."""
        return self.owns.get(key), self.was.get(key)

    def keys(self) -> list[Key]:
        """The names of what it made."""
        return list({**self.was, **self.owns})


def topology_name(value: str) -> str:
    """A name that is a file's; raises ValueError."""
    if not value or value.startswith(".") or "/" in value or not value.isprintable():
        raise ValueError(f"name {value!r} cannot be a file's name; use letters, digits, '-', '_' and '.'")
    if len(value.encode()) > 200:
        raise ValueError(f"name {value[:20]!r}... has more than 200 bytes")
    return value


def load_all() -> dict[str, Record]:
    """The records of all topologies of this host."""
    try:
        files = sorted(os.listdir(RECORDS_DIR))
    except FileNotFoundError:
        return {}
    records = (_load(file) for file in files if file.endswith(_SUFFIX))
    return {record.topology: record for record in records if record is not None}


def write(record: Record) -> None:
    """Replaces a record, so that it is the old one or the new one whatever happens."""
    path = _path(record.topology)
    content = {
        "version": _VERSION,
        "topology": record.topology,
        "owns": [[*key, token] for key, token in record.owns.items()],
        "was": [[*key, token] for key, token in record.was.items()],
        "uses": [[*key, token] for key, token in record.uses.items()],
        "removal": [[*key, options] for key, options in record.removal.items()],
    }
    draft = f"{path}.new"
    try:
        with open(draft, "w", encoding="utf-8") as file:
            json.dump(content, file, separators=(",", ":"))
        os.replace(draft, path)
    except OSError as e:
        with contextlib.suppress(OSError):
            os.unlink(draft)
        raise LabError(
            f"{path}: the record of the topology cannot be written ({os.strerror(e.errno or 0)}); "
            "see that /run has room and can be written to"
        ) from e


def remove(topology: str) -> None:
    """Forgets a topology."""
    for path in (_path(topology), f"{_path(topology)}.new"):
        try:
            os.unlink(path)
        except FileNotFoundError:
            pass
        except OSError as e:
            raise LabError(f"{path}: the record cannot be removed ({os.strerror(e.errno or 0)})") from e


def is_empty() -> bool:
    """Whether no topology has a record here."""
    try:
        return not any(file.endswith(_SUFFIX) for file in os.listdir(RECORDS_DIR))
    except FileNotFoundError:
        return True


def _path(topology: str) -> str:
    return os.path.join(RECORDS_DIR, topology + _SUFFIX)


def _load(file: str) -> Record | None:
    path = os.path.join(RECORDS_DIR, file)
    try:
        if not os.path.isfile(path) and os.path.lexists(path):
            raise ValueError("it is no file")
        with open(path, encoding="utf-8") as opened:
            content = json.load(opened)
        if content["version"] != _VERSION:
            raise LabError(f"{path} was written by another version of netns.lab; remove it, and what it lists by hand")
        if content["topology"] + _SUFFIX != file:
            raise ValueError(f"it is that of topology {content['topology']}")
        return Record(
            topology=content["topology"],
            owns=_entries(content["owns"], str),
            was=_entries(content["was"], str),
            uses=_entries(content["uses"], str),
            removal=_entries(content["removal"], dict),
        )
    except FileNotFoundError:
        return None  # a check run looks without a lock: it went in between
    except OSError as e:
        raise LabError(f"{path} cannot be read ({os.strerror(e.errno or 0)}); move it away") from e
    except (ValueError, KeyError, TypeError) as e:
        raise LabError(f"{path} is no record of netns.lab ({e}); move it away, and remove by hand what it lists") from e


def _entries(listed: list[list[t.Any]], content: type) -> dict[Key, t.Any]:
    """Each a key, and behind it what belongs to it."""
    found: dict[Key, t.Any] = {}
    for entry in listed:
        *key, last = entry
        if len(key) < 2 or not all(isinstance(part, str) for part in key) or not isinstance(last, content):
            raise ValueError(f"{entry!r} is no entry")
        found[tuple(key)] = last
    return found
