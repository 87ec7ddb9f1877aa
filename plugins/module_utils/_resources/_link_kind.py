# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!
"""What kinds of links have in common that one request makes: a kind of its own is a table of attributes and what it
stands on."""

from __future__ import annotations

import errno
import typing as t

from ansible_collections.netns.lab.plugins.module_utils._errors import LabError, WiderView
from ansible_collections.netns.lab.plugins.module_utils._iproute2 import ip, target_namespace
from ansible_collections.netns.lab.plugins.module_utils._model import (
    OWN,
    Command,
    Fact,
    Key,
    Kind,
    NewIndex,
    Operation,
    Request,
    Step,
    View,
    Wish,
    link_key,
    link_up_key,
    netns_key,
    place,
)
from ansible_collections.netns.lab.plugins.module_utils._resources._attributes import (
    LINK,
    Attributes,
    differing,
    given,
    words,
)
from ansible_collections.netns.lab.plugins.module_utils._resources._link import (
    FRESH,
    change_link,
    delete_request,
    describe,
    link_fact,
    make_again,
    make_request,
    other_kind,
    recreate_commands,
    recreate_steps,
)
from ansible_collections.netns.lab.plugins.module_utils._values import interface_name, namespace_name

Values = dict[str, t.Any]

_OF_LINK = {name: LINK[name] for name in ("mac", "mtu", "up")}
_TAKEN = "the name is taken by something else; choose another or remove it"


def link_options(**own: t.Any) -> dict[str, t.Any]:
    """The argument spec of a kind of link: what all have, and its own."""
    return {
        "name": {"type": "str", "required": True},
        "namespace": {"type": "str"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "up": {"type": "bool", "default": True},
        "mac": {"type": "str"},
        "mtu": {"type": "int"},
        **own,
    }


class LinkKind(Kind):
    """``ip link add ... type KIND``. The section is called as the kernel calls the kind."""

    attributes: t.ClassVar[Attributes] = {}
    """Those of IFLA_INFO_DATA. Not each need be an option: the others are kept when a link is made again."""
    made_with: t.ClassVar[Values] = {}
    """What a new link has, where it is not the kernel's default."""
    fixed: t.ClassVar[frozenset[str]] = frozenset()
    """What the kernel takes only for a new link."""
    config: t.ClassVar[tuple[str, str]]
    lower_option: t.ClassVar[str] = ""
    """The option that names the link below."""
    lower_attribute: t.ClassVar[str] = "IFLA_LINK"
    base_option: t.ClassVar[str] = ""
    """The option that names the namespace of the link below, or of the link's own socket."""
    said: t.ClassVar[dict[str, str]] = {}
    """What to do about what the kernel says of this kind."""

    def __init_subclass__(cls) -> None:
        describe(cls.section, cls.attributes, cls.lower_attribute)

    def wish(self, options: Values) -> Wish:
        present = options["state"] == "present"
        namespace = OWN if options["namespace"] is None else namespace_name(options["namespace"])
        name = interface_name(options["name"])
        key = link_key(namespace, name)
        base = options.get(self.base_option)
        if base is None:
            base = namespace
        elif base != OWN:
            namespace_name(base)
        below = options.get(self.lower_option)
        lower = None if below is None else link_key(base, interface_name(below, self.lower_option))
        if lower == key:
            raise ValueError(f"{self.lower_option} is the link itself")
        link_values, values = given(options, _OF_LINK), self.data(options)
        namespaces = tuple(dict.fromkeys((namespace, base))) if present else (namespace,)
        return Wish(
            kind=self,
            item=f"{self.section} {place(namespace, name)}",
            name=place(namespace, name),
            identity=key,
            present=present,
            options={"key": key, "link": link_values, "data": values, "base": base, "lower": lower},
            requires=(*map(netns_key, namespaces), *((lower,) if present and lower else ())),
            objects=(key,),
            provides=(key, link_up_key(namespace, name)),
            namespaces=namespaces,
            settings={(key, option): value for option, value in link_values.items()} if present else {},
        )

    def data(self, options: Values) -> Values:
        """The attributes of the kind that were asked for."""
        return given(options, self.attributes)

    def item(self, fact: Fact) -> Values | None:
        if fact.key[0] != "link" or fact.values["kind"] != self.section:
            return None
        return {"name": fact.key[2], "namespace": fact.key[1] or None}

    def definition(self, fact: Fact, view: View) -> Values | None:
        item = self.item(fact)
        if item is None:
            return None
        present = fact.values
        if present.get("base") not in (None, fact.key[1]):
            item[self.base_option] = present["base"]
        if present["lower"]:
            item[self.lower_option] = present["lower"][2]
        fresh = self._fresh(present["lower"], view)
        item["mac"] = present["mac"]
        item.update({option: present[option] for option in ("mtu",) if present[option] != fresh[option]})
        item.update({} if present["up"] else {"up": False})
        item.update(self.options_of(present["data"]))
        return {option: value for option, value in item.items() if value is not None}

    def options_of(self, data: Values) -> Values:
        """The options that make a link with these attributes, without what is so by default."""
        return {option: value for option, value in data.items() if option in self.options and value is not None}

    def told(self, values: Values) -> Values:
        """Attributes of the kind by the names that options have."""
        return {option: value for option, value in values.items() if option in self.options}

    def must_be_made_anew(self, changes: Values, present: Values) -> bool:
        """Whether the kernel takes such a change of the kind's attributes only for a new link."""
        return not self.fixed.isdisjoint(changes)

    def in_turn(self, values: Values) -> tuple[Values, Values]:
        """What a link is made with, and what is set afterwards."""
        return values, {}

    def sent(self, data: Values) -> Values:
        """What a request for a new link says of the kind's attributes."""
        return data

    def cures_for(self, data: Values) -> dict[int, str]:
        """What to do about an errno while these attributes are set."""
        return {}

    def keeps_mac(self, data: Values, wanted: Values) -> bool:
        """Whether a link that is made anew keeps its MAC address."""
        return True

    def kept(self, data: Values, wanted: Values) -> Values:
        """What a link that is made anew keeps of the attributes of its kind."""
        return data

    def mtu_above(self, mtu: int, data: Values) -> int:
        """The MTU of a new link over one with this MTU."""
        return mtu

    def plan(self, wish: Wish, view: View) -> list[Operation]:
        key = wish.options["key"]
        taken = other_kind(key, view, self.section)
        if taken:
            raise LabError(f"{wish.item}: {taken}; choose another name or remove it")
        if not wish.present:
            return [self._delete(wish, view)] if key in view else []
        return self._change(wish, view) if key in view else [self._create(wish, view)]

    # -- making

    def _create(self, wish: Wish, view: View) -> Operation:
        values, data = wish.options["link"], self._in_order({**self.made_with, **wish.options["data"]})
        first, later = self.in_turn(values)
        step, command = self._make(wish, view, wish.options["lower"], first, data)
        steps: list[Step] = [step]
        commands = [command]
        if later:
            later_steps, later_commands = change_link(wish.options["key"], view, later)
            steps += later_steps
            commands += later_commands
        return Operation(wish, steps, commands, None, {**values, **self._told_below(wish), **self.told(data)})

    def _make(
        self, wish: Wish, view: View, lower: Key | None, values: Values, data: Values
    ) -> tuple[Request, Command]:
        """Makes the link, which is then in the view."""
        key, base = wish.options["key"], wish.options["base"]
        _type, namespace, name = key
        below = self._words_below(lower)
        is_outer = self.lower_attribute == "IFLA_LINK"
        command = ip(
            base,
            *("link", "add", *(below if is_outer else []), "name", name),
            *(["netns", target_namespace(namespace)] if namespace != base else []),
            *words(values, LINK),
            *("type", self.section, *words(data, self.attributes), *(below if not is_outer else [])),
        )
        fresh = self._fresh(lower, view, data)
        view.put(link_fact(key, {**fresh, **values, "data": data, "base": base, "lower": lower}))
        missing = f"this kernel has no {self.section} links ({', module '.join(self.config)})"
        step = make_request(
            key,
            self.section,
            values,
            self.sent(data),
            base=base,
            lower=lower,
            index=NewIndex(key),
            cures={errno.EEXIST: _TAKEN, **self.cures_for(data)},
            said={**self.said, "Unknown device type": missing},
        )
        return step, command

    def _in_order(self, data: Values) -> Values:
        return {option: data[option] for option in self.attributes if option in data}

    def _fresh(self, lower: Key | None, view: View, data: Values | None = None) -> Values:
        below = view.values(lower) if lower else None
        mtu = self.mtu_above(below["mtu"], data or {}) if below else FRESH["mtu"]
        return {**FRESH, "kind": self.section, "mtu": mtu}

    def _words_below(self, lower: Key | None) -> list[str]:
        return [self.lower_option, lower[2]] if lower else []

    def _told_below(self, wish: Wish) -> Values:
        _type, namespace, _name = wish.options["key"]
        base, lower = wish.options["base"], wish.options["lower"]
        return {
            **({self.base_option: base} if base != namespace else {}),
            **({self.lower_option: lower[2]} if lower else {}),
        }

    # -- changing

    def _change(self, wish: Wish, view: View) -> list[Operation]:
        options = wish.options
        key, base, lower = options["key"], options["base"], options["lower"]
        present = view.fact(key).values
        values = differing(options["link"], present)
        data = differing(options["data"], present["data"])
        before = {option: present.get(option) for option in values}
        before.update(self.told({option: present["data"].get(option) for option in data}))
        after = {**values, **self.told(data)}
        is_assumed = bool(present.get("assumed"))
        present_base = present.get("base", base if is_assumed else key[1])
        if present_base is None:
            raise WiderView(
                f"{wish.item}: it is based in a namespace without a name; give that namespace a name or remove the link"
            )
        is_elsewhere = present_base != base
        if is_elsewhere:
            before[self.base_option], after[self.base_option] = present_base, base
        is_over_another = lower is not None and present["lower"] != lower
        if is_over_another:
            was = present["lower"]
            before[self.lower_option], after[self.lower_option] = was and was[2], lower[2]
        if not before and not after:
            return []
        is_lower_fixed = self.lower_attribute == "IFLA_LINK"
        if not is_assumed and (
            is_elsewhere or is_over_another and is_lower_fixed or self.must_be_made_anew(data, present["data"])
        ):
            steps, commands = self._make_anew(wish, view)
            return [Operation(wish, steps, commands, before, after)]
        steps, commands = [], []
        for link_part, part, below in self.parts(values, data, lower if is_over_another else None):
            part_steps, part_commands = change_link(
                key, view, link_part, kind=self.section, data=part, lower=below, cures=self.cures_for(part)
            )
            steps += part_steps
            commands += part_commands
        return [Operation(wish, steps, commands, before, after)]

    def parts(
        self, values: Values, data: Values, lower: Key | None
    ) -> t.Iterator[tuple[Values, Values, Key | None]]:
        """What is set at once."""
        if values:
            yield values, {}, None
        if data or lower:
            yield {}, data, lower

    def _make_anew(self, wish: Wish, view: View) -> tuple[list[Step], list[Command]]:
        """Under its name and with all that it had and hung on it."""
        key, lower = wish.options["key"], wish.options["lower"]
        present = view.fact(key).values
        hung = view.dependents(key)
        for fact in hung:
            if fact.key[0] == "link":
                raise LabError(
                    f"{wish.item}: the kernel changes this only by making it anew, which would take away "
                    f"{place(*fact.key[1:])}; remove that first"
                )
        owned = set(view.owned)
        steps: list[Step] = [delete_request(key[1], key[2], self._undelete(key, view))]
        commands: list[Command] = [ip(key[1], "link", "delete", "dev", key[2])]
        if lower is None and present.get("base", key[1]) == wish.options["base"]:
            lower = present["lower"]
        own_mac = {"mac": present["mac"]} if self.keeps_mac(present["data"], wish.options["data"]) else {}
        values = {**own_mac, **wish.options["link"]}
        is_up = values.pop("up", present["up"])
        if present["mtu"] != self._fresh(present["lower"], view, present["data"])["mtu"]:
            values.setdefault("mtu", present["mtu"])
        data = self._in_order({**self.kept(_known(present["data"]), wish.options["data"]), **wish.options["data"]})
        view.remove(key)
        step, command = self._make(wish, view, lower, values, data)
        kept = {option: present[option] for option in LINK if option in FRESH and option not in ("up", "mtu")}
        view.update(key, **kept, up=is_up)
        for fact in hung:
            view.put(fact)
        for key_again in (key, *(fact.key for fact in hung)):
            if key_again not in owned:
                view.adopted[key_again] = None
        return (
            [*steps, *recreate_steps(key, view, [step])],
            [*commands, command, *recreate_commands(key, view)],
        )

    # -- taking away

    def _delete(self, wish: Wish, view: View) -> Operation:
        key = wish.options["key"]
        present = view.fact(key).values
        if present.get("base", key[1]) is None and not view.is_whole:
            raise WiderView(f"{wish.item}: it is based out of sight")
        undo = self._undelete(key, view)
        values = {option: present[option] for option in _OF_LINK if present.get(option) is not None}
        told = {**values, **_known(self.told(present["data"]))}
        view.remove(key)
        step = delete_request(key[1], key[2], undo)
        return Operation(wish, [step], [ip(key[1], "link", "delete", "dev", key[2])], told, None)

    def _undelete(self, key: Key, view: View) -> list[Step]:
        present = view.fact(key).values
        values = {option: present.get(option) for option in ("mac", "mtu")}
        return self.put_back(key, view, values, _known(present["data"]))

    def put_back(self, key: Key, view: View, values: Values, data: Values) -> list[Step]:
        """What undoes the deletion of a link with these attributes."""
        made = make_again(key, view, values, data)
        return recreate_steps(key, view, made) if made else []


def _known(values: Values) -> Values:
    return {option: value for option, value in values.items() if value is not None}
