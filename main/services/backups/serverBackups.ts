import type { ServerBackup, ServerBackups } from '../../../contract/backup.ts';
import { text } from '../../../contract/copy/text.ts';
import type { DockerCli } from '../../adapters/docker/dockerCli.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import { formatOf } from './inspect.ts';

const folder = '/backups';
/** Milliseconds to read one dump to its end. */
const patience = 30 * 60_000;

/** Size, seconds since 1970, the first bytes in hexadecimal and the name of each, a line each. */
const listing = [
  'cd "$1" || exit 66; for f in aperture_backup_*; do [ -f "$f" ] || continue;',
  'printf "%s\\t%s\\t%s\\t%s\\n" "$(stat -c %s -- "$f")" "$(stat -c %Y -- "$f")"',
  '"$(head -c 400 -- "$f" | od -An -v -tx1 | tr -d " \\n")" "$f"; done',
].join(' ');

/** Reads plain text to its end: pg_dump's last words are there, and gzip's own checksum is right. */
const plain: Record<'sql' | 'sql-gzip', string> = {
  sql: 'tail -c 400 -- "$1" | grep -q "database dump complete"',
  'sql-gzip': 'gzip -t -- "$1" && gzip -dc -- "$1" | tail -c 400 | grep -q "database dump complete"',
};

/**
 * The dumps that the server made by itself, as its container sees them, each read to its end by the container's own pg_restore: the
 * server takes them for good before it knows. Raises `backup-folder-missing`, `docker-…`.
 */
export async function listServerBackups(
  cli: DockerCli,
  container: string,
  signal: AbortSignal,
): Promise<ServerBackups> {
  // As root: the server's own user may be another one than the dumps'.
  const args = ['exec', '--user', '0', container, 'sh', '-c', listing, 'sh', folder];
  const result = await cli.run(args, { signal });
  if (result.exitCode === 66) throw new ProblemError('backup-folder-missing', { container, folder });
  if (result.exitCode !== 0) throw cli.failure(args, result, container);
  const backups: ServerBackup[] = [];
  for (const line of result.stdout.split('\n')) {
    const [bytes, seconds, head, name] = line.split('\t');
    if (bytes === undefined || seconds === undefined || head === undefined || name === undefined) continue;
    const format = formatOf(Buffer.from(head, 'hex'));
    const base = {
      name,
      path: `${folder}/${name}`,
      bytes: Number(bytes),
      modifiedAt: new Date(Number(seconds) * 1000).toISOString(),
      format,
    };
    const unread = base.bytes > 0 && head === '';
    backups.push({ ...base, ...(unread ? { state: 'unread' } : await stateOf(cli, container, base, signal)) });
  }
  backups.sort((a, b) => b.modifiedAt.localeCompare(a.modifiedAt));
  const bad = backups.filter(({ state }) => state !== 'readable' && state !== 'unread');
  return {
    container,
    folder,
    backups,
    warnings: [
      ...(bad.length === 0 ? [] : [text('backup.server.explained.success'), text('backup.server.explained.retention')]),
      ...(bad.some(({ state }) => state === 'empty') ? [text('backup.server.explained.password')] : []),
      ...(backups.length > 0 && bad.length === backups.length ? [text('backup.server.none-readable')] : []),
    ],
  };
}

async function stateOf(
  cli: DockerCli,
  container: string,
  { path, format }: Pick<ServerBackup, 'path' | 'format'>,
  signal: AbortSignal,
): Promise<Pick<ServerBackup, 'state' | 'detail'>> {
  const exec = (argv: readonly string[]) =>
    cli.run(['exec', '--user', '0', container, ...argv], { signal, timeout: patience });
  switch (format) {
    case 'empty':
    case 'not-an-archive':
      return { state: format };
    case 'sql':
    case 'sql-gzip': {
      const { exitCode, stderr } = await exec(['sh', '-c', plain[format], 'sh', path]);
      return exitCode === 0 ? { state: 'readable' } : { state: 'truncated', ...detailOf(stderr) };
    }
    case 'custom':
    case 'tar': {
      const { exitCode, stderr } = await exec(['pg_restore', '-f', '/dev/null', path]);
      // 126 and 127: the container has no pg_restore.
      if (exitCode === 126 || exitCode === 127) return { state: 'unread', ...detailOf(stderr) };
      return exitCode === 0 ? { state: 'readable' } : { state: 'truncated', ...detailOf(stderr) };
    }
  }
}

function detailOf(stderr: string): { detail?: string } {
  const detail = stderr.trim().slice(0, 1000);
  return detail === '' ? {} : { detail };
}
