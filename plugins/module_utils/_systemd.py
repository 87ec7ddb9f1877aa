# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""systemd's side of a lab that is there after a reboot: one template unit, one instance a lab."""

from __future__ import annotations

import os
import re

from ansible_collections.netns.lab.plugins.module_utils._errors import LabError

COMMAND = "/usr/local/sbin/netns-lab"
_UNITS = "/etc/systemd/system"
_WANTED_BY = "multi-user.target"
TEMPLATE = f"{_UNITS}/netns-lab@.service"
_HEAD = "# Written by netns.lab"
# The instance stays escaped on the command line: systemd would expand a "$" of the unescaped name.
TEMPLATE_CONTENT = f"""\
{_HEAD}, which overwrites changes. Say what differs in a drop-in:
# systemctl edit netns-lab@.service

[Unit]
Description=Network lab %I
Documentation=https://github.com/netns-lab/netns.lab
Documentation=man:ip-netns(8)
# A lab can stand on the host's own interfaces, so those come first, and on the way down they go last.
Wants=network-online.target
After=network.target network-online.target systemd-sysctl.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart={COMMAND} apply --escaped %i
ExecReload={COMMAND} apply --escaped %i
ExecStop=-{COMMAND} remove --escaped %i

[Install]
WantedBy={_WANTED_BY}
""".encode()
_LONGEST_UNIT = 255  # UNIT_NAME_MAX - 1
_PLAIN = re.compile(rb"[0-9A-Za-z:_.]")


def is_template(content: bytes) -> bool:
    """Whether a unit file is of our making."""
    return content.startswith(_HEAD.encode())


def unit(name: str) -> str:
    """The unit of a lab."""
    return f"netns-lab@{escape(name)}.service"


def enabling_link(name: str) -> str:
    """What ``systemctl enable`` makes: systemd reads it at boot."""
    return f"{_UNITS}/{_WANTED_BY}.wants/{unit(name)}"


def require_systemd(name: str) -> None:
    """Raises LabError where systemd would not start the lab."""
    if not os.path.isdir("/run/systemd/system"):  # sd_booted(3)
        raise LabError(
            "systemd does not run this host, so it cannot start the lab at boot; with service_manager: none the "
            f"definition is kept all the same, and what starts this host's services is to call: {COMMAND} apply --all"
        )
    if len(unit(name)) > _LONGEST_UNIT:
        raise LabError(f"topology: name {name!r} is too long for a unit of systemd; use fewer than 200 plain letters")


def escape(name: str) -> str:
    """As ``systemd-escape`` does."""
    return "".join(
        chr(byte) if _PLAIN.match(bytes([byte])) and not (byte == ord(".") and not place) else f"\\x{byte:02x}"
        for place, byte in enumerate(name.encode())
    )


def unescape(instance: str) -> str:
    """As ``systemd-escape --unescape`` does; raises ValueError."""
    slashed = instance.replace("-", "/").encode()
    return re.sub(rb"\\x([0-9a-f]{2})", lambda match: bytes([int(match[1], 16)]), slashed).decode()
