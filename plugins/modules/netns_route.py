#!/usr/bin/python
from __future__ import annotations

from ansible_collections.netns.lab.plugins.module_utils._module import run_item
from ansible_collections.netns.lab.plugins.module_utils._resources.netns_route import NetnsRoute


def main() -> None:
    run_item(NetnsRoute)


if __name__ == "__main__":
    main()
