/* Copyright: (c) 2026, netns.lab contributors
 * GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* floor build|change|remove BRIDGE PREFIX NET MEMBERS [BRIDGE PREFIX NET MEMBERS]...
 *
 * The least that a lab can take: what the kernel itself needs, asked for with as few messages as it understands.
 * Bridge BRIDGE has the address 10.NET.255.254/16; namespaces PREFIX1, PREFIX2, ... have an interface eth0 with the
 * address 10.NET.0.1/16, 10.NET.0.2/16, ..., whose other end is a port of the bridge. Everything is up. "change" gives
 * the first bridge the address 10.NET.255.253/16 instead.
 *
 * It chooses the indexes of the interfaces, and so needs to ask for none. It expects a host without interfaces of its
 * own, as a sandbox is one.
 */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define RUN_DIR "/run/netns"
#define LOOPBACK 1      /* the index of lo, everywhere */
#define FAR_END 100     /* of eth0; above what fallback tunnels may have taken */
#define FIRST_BRIDGE 10000
#define FIRST_PORT 20000
#define GROUP 20000     /* of all ports, so that one message removes them */
#define BATCH 64        /* messages in one system call; their answers fit into a socket's buffer */
#define LONGEST 512     /* bytes of one message */

struct bridge {
    const char *name, *prefix;
    int net, members;
};

struct batch {
    int socket, messages;
    size_t length;
    char bytes[BATCH * LONGEST];
};

struct member {
    int namespace, socket;
};

static void die(const char *format, ...)
{
    int code = errno;
    va_list args;

    va_start(args, format);
    fputs("floor: ", stderr);
    vfprintf(stderr, format, args);
    fprintf(stderr, ": %s\n", strerror(code));
    va_end(args);
    exit(1);
}

/* -- messages */

static int open_netlink(void)
{
    int one = 1, fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

    if (fd < 0)
        die("netlink socket");
    /* Answers without a copy of the question. */
    setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
    return fd;
}

static void flush(struct batch *batch)
{
    char answer[8192];

    if (!batch->messages)
        return;
    if (send(batch->socket, batch->bytes, batch->length, 0) < 0)
        die("send");
    while (batch->messages) {
        int length = recv(batch->socket, answer, sizeof(answer), 0);
        struct nlmsghdr *header = (struct nlmsghdr *)answer;

        if (length < 0)
            die("recv");
        for (; NLMSG_OK(header, length); header = NLMSG_NEXT(header, length)) {
            struct nlmsgerr *error = NLMSG_DATA(header);

            if (header->nlmsg_type != NLMSG_ERROR)
                continue;
            if (error->error) {
                errno = -error->error;
                die("message of type %d", error->msg.nlmsg_type);
            }
            batch->messages--;
        }
    }
    batch->length = 0;
}

static void *extend(struct batch *batch, size_t size)
{
    void *start = batch->bytes + batch->length;

    memset(start, 0, NLMSG_ALIGN(size));
    batch->length += NLMSG_ALIGN(size);
    return start;
}

static struct nlmsghdr *begin(struct batch *batch, int type, int flags)
{
    struct nlmsghdr *header;

    if (batch->messages == BATCH)
        flush(batch);
    header = extend(batch, sizeof(*header));
    header->nlmsg_type = type;
    header->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
    return header;
}

static void end(struct batch *batch, struct nlmsghdr *header)
{
    header->nlmsg_len = batch->bytes + batch->length - (char *)header;
    batch->messages++;
}

static struct rtattr *nest(struct batch *batch, int type)
{
    struct rtattr *attribute = extend(batch, sizeof(*attribute));

    attribute->rta_type = type;
    return attribute;
}

static void unnest(struct batch *batch, struct rtattr *attribute)
{
    attribute->rta_len = batch->bytes + batch->length - (char *)attribute;
}

static void put(struct batch *batch, int type, const void *value, size_t size)
{
    struct rtattr *attribute = extend(batch, RTA_LENGTH(size));

    attribute->rta_type = type;
    attribute->rta_len = RTA_LENGTH(size);
    memcpy(RTA_DATA(attribute), value, size);
}

static void put_number(struct batch *batch, int type, unsigned value)
{
    put(batch, type, &value, sizeof(value));
}

static void put_text(struct batch *batch, int type, const char *text)
{
    put(batch, type, text, strlen(text) + 1);
}

static struct ifinfomsg *put_link(struct batch *batch, int index, int up)
{
    struct ifinfomsg *link = extend(batch, sizeof(*link));

    link->ifi_index = index;
    if (up)
        link->ifi_flags = link->ifi_change = IFF_UP;
    return link;
}

static void add_address(struct batch *batch, int type, int index, int net, int number)
{
    int flags = type == RTM_NEWADDR ? NLM_F_CREATE | NLM_F_EXCL : 0;
    struct nlmsghdr *header = begin(batch, type, flags);
    struct ifaddrmsg *address = extend(batch, sizeof(*address));
    unsigned bits = htonl(10u << 24 | (unsigned)net << 16 | (unsigned)number);

    address->ifa_family = AF_INET;
    address->ifa_prefixlen = 16;
    address->ifa_index = index;
    put_number(batch, IFA_LOCAL, bits);
    put_number(batch, IFA_ADDRESS, bits);
    end(batch, header);
}

static void add_up(struct batch *batch, int index)
{
    struct nlmsghdr *header = begin(batch, RTM_NEWLINK, 0);

    put_link(batch, index, 1);
    end(batch, header);
}

static void add_bridge(struct batch *batch, const char *name, int index)
{
    struct nlmsghdr *header = begin(batch, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
    struct rtattr *info;

    put_link(batch, index, 1);
    put_text(batch, IFLA_IFNAME, name);
    info = nest(batch, IFLA_LINKINFO);
    put_text(batch, IFLA_INFO_KIND, "bridge");
    unnest(batch, info);
    end(batch, header);
}

/* Both ends at once, each where it is to stay. The far one cannot be put up by the same message. */
static void add_veth(struct batch *batch, const char *name, int index, int bridge, int namespace)
{
    struct nlmsghdr *header = begin(batch, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
    struct rtattr *info, *data, *peer;

    put_link(batch, index, 1);
    put_text(batch, IFLA_IFNAME, name);
    put_number(batch, IFLA_MASTER, bridge);
    put_number(batch, IFLA_GROUP, GROUP);
    info = nest(batch, IFLA_LINKINFO);
    put_text(batch, IFLA_INFO_KIND, "veth");
    data = nest(batch, IFLA_INFO_DATA);
    peer = nest(batch, VETH_INFO_PEER);
    put_link(batch, FAR_END, 0);
    put_text(batch, IFLA_IFNAME, "eth0");
    put_number(batch, IFLA_NET_NS_FD, namespace);
    unnest(batch, peer);
    unnest(batch, data);
    unnest(batch, info);
    end(batch, header);
}

static void add_delete(struct batch *batch, int index, int group)
{
    struct nlmsghdr *header = begin(batch, RTM_DELLINK, 0);

    put_link(batch, index, 0);
    if (group)
        put_number(batch, IFLA_GROUP, group);
    end(batch, header);
}

/* -- namespaces */

/* As `ip netns add` does before the first one, so that names reach other mount namespaces too. */
static void share_run_dir(void)
{
    if (mkdir(RUN_DIR, 0755) && errno != EEXIST)
        die(RUN_DIR);
    if (!mount("", RUN_DIR, "none", MS_SHARED | MS_REC, NULL))
        return;
    if (errno != EINVAL || mount(RUN_DIR, RUN_DIR, "none", MS_BIND | MS_REC, NULL) ||
        mount("", RUN_DIR, "none", MS_SHARED | MS_REC, NULL))
        die("mount " RUN_DIR);
}

static char *path_of(const char *prefix, int number)
{
    static char path[128];

    snprintf(path, sizeof(path), RUN_DIR "/%s%d", prefix, number);
    return path;
}

/* Leaves this process in the new namespace; its socket is opened from inside. */
static struct member add_namespace(const char *path)
{
    struct member member;
    int file = open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0);

    if (file < 0)
        die("%s", path);
    close(file);
    if (unshare(CLONE_NEWNET))
        die("unshare");
    if (mount("/proc/thread-self/ns/net", path, "none", MS_BIND, NULL))
        die("mount %s", path);
    member.namespace = open(path, O_RDONLY | O_CLOEXEC);
    if (member.namespace < 0)
        die("%s", path);
    member.socket = open_netlink();
    return member;
}

static void delete_namespace(const char *path)
{
    if (umount2(path, MNT_DETACH) || unlink(path))
        die("%s", path);
}

/* -- the lab */

static void build(struct batch *batch, const struct bridge *bridges, int count)
{
    int host = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC), total = 0, at, number, next;
    struct member *members;
    struct rlimit limit;
    char name[IFNAMSIZ];

    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    for (at = 0; at < count; at++)
        total += bridges[at].members;
    members = calloc(total, sizeof(*members));
    if (host < 0 || !members)
        die("start");
    batch->socket = open_netlink();

    share_run_dir();
    for (at = next = 0; at < count; at++)
        for (number = 1; number <= bridges[at].members; number++)
            members[next++] = add_namespace(path_of(bridges[at].prefix, number));
    if (setns(host, CLONE_NEWNET))
        die("setns");

    for (at = next = 0; at < count; at++) {
        add_bridge(batch, bridges[at].name, FIRST_BRIDGE + at);
        add_address(batch, RTM_NEWADDR, FIRST_BRIDGE + at, bridges[at].net, 255 << 8 | 254);
        for (number = 1; number <= bridges[at].members; number++, next++) {
            snprintf(name, sizeof(name), "%s2%s%d", bridges[at].name, bridges[at].prefix, number);
            add_veth(batch, name, FIRST_PORT + next, FIRST_BRIDGE + at, members[next].namespace);
        }
    }
    flush(batch);

    for (at = next = 0; at < count; at++)
        for (number = 1; number <= bridges[at].members; number++, next++) {
            batch->socket = members[next].socket;
            add_up(batch, LOOPBACK);
            add_up(batch, FAR_END);
            add_address(batch, RTM_NEWADDR, FAR_END, bridges[at].net, number);
            flush(batch);
        }
}

static void change(struct batch *batch, const struct bridge *bridges)
{
    batch->socket = open_netlink();
    add_address(batch, RTM_DELADDR, FIRST_BRIDGE, bridges->net, 255 << 8 | 254);
    add_address(batch, RTM_NEWADDR, FIRST_BRIDGE, bridges->net, 255 << 8 | 253);
    flush(batch);
}

static int links_left(void)
{
    struct if_nameindex *links = if_nameindex(), *link;
    int found = 0;

    if (!links)
        die("if_nameindex");
    for (link = links; link->if_index; link++)
        found += link->if_index >= FIRST_BRIDGE;
    if_freenameindex(links);
    return found;
}

/* All ports in one message and the names after them: quicker than leaving the ports to the bridge's end, or to the end
 * of the namespaces, because the kernel waits for its readers once and not for each. */
static void take_away(struct batch *batch, const struct bridge *bridges, int count)
{
    struct timespec moment = {0, 2000000};
    int at, number;

    batch->socket = open_netlink();
    add_delete(batch, 0, GROUP);
    for (at = 0; at < count; at++)
        add_delete(batch, FIRST_BRIDGE + at, 0);
    flush(batch);
    for (at = 0; at < count; at++)
        for (number = 1; number <= bridges[at].members; number++)
            delete_namespace(path_of(bridges[at].prefix, number));
    while (links_left())
        nanosleep(&moment, NULL);
}

int main(int argc, char **argv)
{
    static struct batch batch;
    int count = (argc - 2) / 4, at;
    struct bridge *bridges;

    if (count < 1 || argc != 2 + 4 * count) {
        fputs("Usage: floor build|change|remove BRIDGE PREFIX NET MEMBERS...\n", stderr);
        return 64;
    }
    bridges = calloc(count, sizeof(*bridges));
    if (!bridges)
        die("start");
    for (at = 0; at < count; at++) {
        char **words = argv + 2 + 4 * at;

        bridges[at] = (struct bridge){words[0], words[1], atoi(words[2]), atoi(words[3])};
    }
    if (!strcmp(argv[1], "build"))
        build(&batch, bridges, count);
    else if (!strcmp(argv[1], "change"))
        change(&batch, bridges);
    else if (!strcmp(argv[1], "remove"))
        take_away(&batch, bridges, count);
    else
        return 64;
    return 0;
}
