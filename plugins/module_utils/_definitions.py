# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""The definitions of labs that this host keeps beyond a reboot: one file a lab under /etc/netns-lab."""

from __future__ import annotations

import json
import os
import shlex
import typing as t
from dataclasses import dataclass

from ansible_collections.netns.lab.plugins.module_utils._errors import LabError

DEFINITIONS_DIR = "/etc/netns-lab"
_SUFFIX = ".json"
_VERSION = 1


@dataclass
class Definition:
    """What a lab is to be."""

    name: str
    sections: dict[str, t.Any]
    """As a user wrote them: ranges are not spelled out, defaults are left out."""
    allow_disconnect: bool = False

    def encoded(self) -> bytes:
        """The content of its file."""
        content = {
            "version": _VERSION,
            "name": self.name,
            "allow_disconnect": self.allow_disconnect,
            "sections": self.sections,
        }
        return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()


def definition_path(name: str) -> str:
    return os.path.join(DEFINITIONS_DIR, name + _SUFFIX)


def kept_labs() -> list[str]:
    """The labs that have a definition here, whether it can be read or not."""
    try:
        return sorted(file[: -len(_SUFFIX)] for file in os.listdir(DEFINITIONS_DIR) if file.endswith(_SUFFIX))
    except (FileNotFoundError, NotADirectoryError):
        return []


def load(name: str) -> Definition:
    """Raises LabError when there is none or it is none that this version understands. The items are not checked."""
    path = definition_path(name)
    cure = f"run the play that made the lab again, or remove it with: netns-lab remove --forget {shlex.quote(name)}"
    try:
        with open(path, encoding="utf-8") as file:
            content = json.load(file)
        version = content["version"]
        if version != _VERSION:
            age = "a newer" if isinstance(version, int) and version > _VERSION else "another"
            raise LabError(f"{path} was written by {age} version of netns.lab (format {version!r}); {cure}")
        if content["name"] != name:
            raise ValueError(f"it is that of lab {content['name']!r}")
        sections, allow_disconnect = content["sections"], content["allow_disconnect"]
        if not isinstance(sections, dict) or not isinstance(allow_disconnect, bool):
            raise ValueError("its sections or allow_disconnect are of the wrong type")
        return Definition(name, sections, allow_disconnect)
    except FileNotFoundError:
        raise LabError(
            f"lab {name}: there is no {path}; netns-lab list shows the labs of this host, and "
            "netns.lab.topology with persistent: true keeps one"
        ) from None
    except OSError as e:
        raise LabError(
            f"{path} cannot be read ({os.strerror(e.errno or 0)}); see who owns it, and run this as root"
        ) from e
    except KeyError as e:
        raise LabError(f"{path} is no definition of a lab (it has no {e}); {cure}") from e
    except (ValueError, TypeError) as e:
        raise LabError(f"{path} is no definition of a lab ({e}); {cure}") from e
