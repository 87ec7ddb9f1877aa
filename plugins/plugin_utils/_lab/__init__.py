# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins!

"""A lab as a graph, from what a user writes down to what each host builds. All of it is pure.

    definition (the variables lab_*) --reader.read_lab--> model.Lab
    Lab + the hosts --placement.place--> placement.Placement
    Lab + Placement + one host --compiler.compile_host--> sections of netns.lab.topology

A ``Lab`` is complete in itself: every interface has its name, its MAC address and its addresses, every node its routes.
Only where nodes are is added afterwards. The same definition gives the same result, to the byte, on every run.
"""
