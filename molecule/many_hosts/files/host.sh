#!/bin/sh
# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# host.sh start FOLDER NAME: starts a host in the namespace of that name, with a
# /run of its own; its process is in FOLDER/NAME/pid, and has ended when that is
# gone. host.sh stop FOLDER NAME ends it.

set -eu

case $1 in
start)
    mkdir -p "$2/$3"
    exec setsid ip netns exec "$3" sh "$0" inside "$2" "$3" </dev/null >"$2/$3/log" 2>&1 &
    ;;
inside)
    # `ip netns exec` has made a mount namespace, and let nothing out of it.
    cd "$2"
    mkdir -p "$3/run"
    mount -t tmpfs -o mode=755 tmpfs "$3/run"
    mkdir "$3/run/netns" "$3/run/sshd" "$3/run/fleet" "$3/run/tmp" "$3/run/lock"
    cp -p config host_key authorized_keys "$3/run/fleet"
    echo $$ >"$3/pid"
    mount -n --move "$3/run" /run
    exec "$(command -v sshd)" -D -e -f /run/fleet/config
    ;;
stop)
    kill "$(cat "$2/$3/pid")"
    ;;
esac
