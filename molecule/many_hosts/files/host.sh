#!/bin/sh
# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# host.sh keys FOLDER: makes keys for all hosts, and one that is let in.
# host.sh start FOLDER NAME...: starts a host in the namespace of each name, with a
# /run of its own. They end when what is in those namespaces is killed.

set -eu

action=$1 folder=$2
shift 2
own=$(dirname "$(realpath "$0")")

case $action in
keys)
    mkdir -m 700 "$folder"
    for key in key host_key; do
        ssh-keygen -q -t ed25519 -N '' -f "$folder/$key"
    done
    ;;
start)
    for name; do
        mkdir "$folder/$name"
        setsid ip netns exec "$name" sh "$0" inside "$folder" "$name" </dev/null >"$folder/$name/log" 2>&1 &
    done
    ;;
inside)
    # `ip netns exec` has made a mount namespace, and let nothing out of it.
    cd "$folder/$1"
    mkdir run
    mount -t tmpfs -o mode=755 tmpfs run
    mkdir run/netns run/sshd run/fleet run/tmp run/lock run/home
    cp "$own/sshd_config" run/fleet/config
    cp -p ../host_key run/fleet
    cp ../key.pub run/fleet/authorized_keys
    mount -n --move run /run
    exec "$(command -v sshd)" -D -e -f /run/fleet/config
    ;;
esac
