import { environmentLine, quoteCommand } from './quoting.ts';

/** A command as it goes over an exec channel, and what must be sent before its own standard input. */
export type RemoteCommand = { commandLine: string; preamble: string };

/**
 * Ends what was started once the connection has gone. Without a terminal sshd does not: the command would go on for ever, because
 * nothing tells it. The parent of the login shell is sshd's process for this connection; when the command gets another parent, or
 * that process has gone where there is no /proc, the whole process group is ended.
 */
const watchdog = [
  '( ( s=$$; p=$PPID; trap "" HUP TERM PIPE;',
  'while sleep 2; do',
  'kill -0 $s 2>/dev/null || exit 0;',
  'if [ -r /proc/$s/stat ];',
  'then IFS= read -r l </proc/$s/stat || exit 0; set -- ${l##*) }; [ "$2" = "$p" ] && continue;',
  'else kill -0 $p 2>/dev/null && continue; fi;',
  'kill -TERM -$s 2>/dev/null || kill -TERM $s; sleep 5; kill -KILL -$s 2>/dev/null || kill -KILL $s; exit 0;',
  'done ) & ) </dev/null >/dev/null 2>&1',
].join(' ');

/**
 * Wraps a command for the login shell of the user, whichever that is. First line on standard error: `missing` when there is no
 * such program, else the process id; the command's own output follows. Folders where NAS systems and Homebrew keep programs are
 * added at the end of PATH, because a login without a terminal often lacks them. One line, because csh takes no more.
 */
export function remoteCommand(argv: readonly string[], environment: Record<string, string> | undefined): RemoteCommand {
  const hasEnvironment = environment !== undefined && Object.keys(environment).length > 0;
  const script = [
    'PATH="$PATH:/usr/local/bin:/usr/local/sbin:/opt/homebrew/bin:/usr/sbin:/sbin"; export PATH',
    ...(hasEnvironment ? ['nl=$(printf "\\nx"); nl=${nl%x}; IFS= read -r line; eval "$line"; unset nl line'] : []),
    'command -v "$1" >/dev/null 2>&1 || { echo missing >&2; exit 127; }',
    watchdog,
    'echo $$ >&2',
    'exec "$@"',
  ].join('; ');
  return {
    commandLine: `exec sh -c ${quoteCommand([script])} sh ${quoteCommand(argv)}`,
    preamble: hasEnvironment ? environmentLine(environment) : '',
  };
}
