# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Words that a shell, an option parser, printf or a template could take for something else. What they would do if one
did is to leave a file behind that has CANARY in its name."""

from __future__ import annotations

_DO = "touch CANARY"

WORDS = [
    # options and words of the programs on the way
    *("-", "--", "-h", "--help", "-all", "-n", "-V", "-c id", f"-c {_DO}", "--net=CANARY", "--user=nobody"),
    *("exec", "list", "nsenter", "sh", "r1", "0", "1", "4294967295", ":", "!", "=", "a=b", "PATH=.", "BECOME-SUCCESS-"),
    # patterns and expansions
    *("~", "~root", "*", "?", "[a-z]", "{a,b}", "$", "$$", "$0", "$1", "$@", "$HOME", "${HOME}", "$IFS", "$((1+1))"),
    *("!!", "!$", "!touch", "^a^b", ".hidden", "...", "..x", "%s", "%n%n", "%s%d", "%(x)s", "{x}", "{{ x }}", "{% raw %}"),
    # white space and what shows as nothing or as something else
    *(" ", "  leading", "trailing ", "two words", "\t", "tab\there", "\n", "new\nline", "\nfirst", "last\n", "cr\rhere"),
    *("\x01", "\x1b[31m", "\x7f", "\u00a0", "\u200b", "\u202e", "\ufeff", "\udcff"),
    *("é", "ö ä", "网络", "🐙", "a" * 255, "é" * 127),
    # quotes
    *("'", "''", "'''", '"', '""', "`", "``", "\\", "\\\\", "\\'", "\\n", "\\0101", "\\c", "it's", 'say "x"'),
    *("a'b\"c`d\\e", "r1\\", "'\"'\"'", "\"'\"", "'\\''", "$'\\n'"),
    # commands
    *(f"$({_DO})", f"`{_DO}`", f"; {_DO}", f"& {_DO}", f"| {_DO}", f"&& {_DO}", f"|| {_DO}", f"\n{_DO}\n", f"\r{_DO}"),
    *(f"'; {_DO}; '", f'"; {_DO}; "', f"'$({_DO})'", f'"$({_DO})"', f"\\$({_DO})", f"'\"'$({_DO})'\"'", f"`$({_DO})`"),
    *(f"){_DO}(", f"x; {_DO} #", f"# {_DO}", f"({_DO})", f"{{ {_DO}; }}", f"}}; {_DO}", f"-x $({_DO})", f"<({_DO})"),
    *(f"esac; {_DO}", f"fi; {_DO}", f"done; {_DO}", f"if true; then {_DO}; fi", f"'\n{_DO}\n'", f'"\n{_DO}\n"'),
    *("> CANARY", ">> CANARY", "2>CANARY", "< CANARY", "<<EOF", "&>CANARY", f"${{x:-$({_DO})}}", f"$[$({_DO})]"),
]
