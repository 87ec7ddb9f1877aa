# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!

"""What keeps a lab beyond a reboot: its definition, the program that applies it, and the unit that systemd starts. The
planner meets it as one wish more, so that it is checked, told, done and undone with the rest of the lab."""

from __future__ import annotations

import hashlib
import typing as t

from ansible_collections.netns.lab.plugins.module_utils._archive import MARK, packed
from ansible_collections.netns.lab.plugins.module_utils._definitions import (
    DEFINITIONS_DIR,
    Definition,
    definition_path,
    kept_labs,
)
from ansible_collections.netns.lab.plugins.module_utils._errors import LabError
from ansible_collections.netns.lab.plugins.module_utils._files import File, PutFile
from ansible_collections.netns.lab.plugins.module_utils._model import Command, Fact, Kind, Operation, Step, View, Wish
from ansible_collections.netns.lab.plugins.module_utils._reader import Reader
from ansible_collections.netns.lab.plugins.module_utils._systemd import (
    COMMAND,
    TEMPLATE,
    TEMPLATE_CONTENT,
    enabling_link,
    is_template,
    require_systemd,
)


class _Persistence(Kind):
    section = "persistent"
    options: t.ClassVar[dict[str, t.Any]] = {}

    def observe(self, reader: Reader, namespaces: t.Sequence[str], wishes: t.Sequence[Wish]) -> t.Iterable[Fact]:
        for name in kept_labs():
            yield Fact(("kept-lab", name), {})
        for wish in wishes:
            for path in wish.options["files"]:
                found = File.at(path)
                if found is not None:
                    yield Fact(("file", path), {"file": found})

    def plan(self, wish: Wish, view: View) -> list[Operation]:
        steps: list[Step] = []
        commands: list[Command] = []
        before: dict[str, str] = {}
        after: dict[str, str] = {}
        is_last = all(fact.key[1] == wish.name for fact in view.of_type("kept-lab"))
        for path, wanted in wish.options["files"].items():
            present = t.cast(t.Optional[File], (view.values(("file", path)) or {}).get("file"))
            if path in (COMMAND, TEMPLATE) and not _is_ours(path, present):
                if wanted is None:
                    continue
                raise LabError(
                    f"{path} is not of netns.lab's making, and persistent: true needs the name; move it away"
                )
            if path in (COMMAND, TEMPLATE) and wanted is None and not is_last:
                continue
            if present == wanted:
                continue
            steps.append(PutFile(path, present, wanted, DEFINITIONS_DIR if path.startswith(DEFINITIONS_DIR) else ""))
            commands.append(_command(path, wanted))
            before.update({path: _told(present)} if present else {})
            after.update({path: _told(wanted)} if wanted else {})
            view.forget(("file", path))
            if wanted is not None:
                view.put(Fact(("file", path), {"file": wanted}))
        return [Operation(wish, steps, commands, before or None, after or None)] if steps else []


PERSISTENCE = _Persistence()


def kept(definition: Definition, by_systemd: bool) -> Wish:
    """The wish that a lab is there after a reboot, or ready for whatever else starts the host's services."""
    name = definition.name
    if by_systemd:
        require_systemd(name)
    return _wish(
        name,
        True,
        {
            COMMAND: File(packed(), 0o755),
            TEMPLATE: File(TEMPLATE_CONTENT) if by_systemd else None,
            definition_path(name): File(definition.encoded(), 0o600),
            enabling_link(name): File(target=TEMPLATE) if by_systemd else None,
        },
    )


def forgotten(name: str) -> Wish:
    """The wish that it ends with the host's memory. What several labs share goes with the last of them."""
    return _wish(name, False, dict.fromkeys((enabling_link(name), definition_path(name), TEMPLATE, COMMAND)))


def _wish(name: str, present: bool, files: t.Mapping[str, File | None]) -> Wish:
    return Wish(
        kind=PERSISTENCE,
        item=f"persistent {name}",
        name=name,
        identity=("persistent", name),
        present=present,
        options={"files": files},
    )


def _is_ours(path: str, present: File | None) -> bool:
    if present is None:
        return True
    return is_template(present.content) if path == TEMPLATE else present.content.endswith(MARK)


def _told(file: File) -> str:
    if file.target is not None:
        return f"-> {file.target}"
    return f"mode {file.mode:04o}, sha256 {hashlib.sha256(file.content).hexdigest()[:12]}"


def _command(path: str, wanted: File | None) -> Command:
    if wanted is None:
        return ["rm", path]
    if wanted.target is not None:
        return ["ln", "-sfn", wanted.target, path]
    # Too long to be shown, and nothing that iproute2 could do.
    return [":", f"write {path}", f"sha256 {hashlib.sha256(wanted.content).hexdigest()[:12]}"]
