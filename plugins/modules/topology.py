#!/usr/bin/python
from __future__ import annotations

from ansible_collections.netns.lab.plugins.module_utils._module import run_sections


def main() -> None:
    run_sections()


if __name__ == "__main__":
    main()
