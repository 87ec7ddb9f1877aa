/* Copyright: (c) 2026, netns.lab contributors
 * GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* stopwatch FILE COMMAND [ARG...]
 *
 * Runs COMMAND and writes to FILE how many seconds it took and the most memory, in KiB, that was resident in any one
 * process: the command itself or whatever it waited for. The exit status is the command's.
 *
 * Small on purpose. The kernel counts what a process had before exec as well, so that a command started by Python
 * seems to need at least what Python does.
 */

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    struct rusage usage;
    double start;
    pid_t child;
    FILE *file;
    int status;

    if (argc < 3)
        return 64;
    start = now();
    child = fork();
    if (child < 0) {
        perror("stopwatch: fork");
        return 71;
    }
    if (child == 0) {
        execvp(argv[2], argv + 2);
        perror(argv[2]);
        _exit(127);
    }
    if (wait4(child, &status, 0, &usage) < 0) {
        perror("stopwatch: wait4");
        return 71;
    }
    start = now() - start;
    file = fopen(argv[1], "w");
    if (!file || fprintf(file, "%.6f %ld\n", start, usage.ru_maxrss) < 0 || fclose(file)) {
        perror(argv[1]);
        return 74;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
