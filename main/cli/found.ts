import { say, text } from '../../contract/copy/text.ts';
import type { Context } from './context.ts';
import { type ExitCode, exitCode, table } from './output.ts';

/** `ssh-hosts list`: those that the app keeps, and the names in ~/.ssh/config that `--ssh` takes as well. */
export async function sshHosts(context: Context): Promise<ExitCode> {
  const companion = await context.companion();
  const [hosts, aliases] = await Promise.all([companion.sshHosts.list(), companion.sshHosts.aliases()]);
  context.output.result({ hosts, aliases }, () => {
    const rows = [
      ...hosts.map(({ name, host, port, user, id }) => [
        name,
        `${user === undefined ? '' : `${user}@`}${host}${port === undefined ? '' : `:${port}`}`,
        id,
      ]),
      ...aliases.map((alias) => [alias, say(text('cli.ssh-hosts.configured'))]),
    ];
    return rows.length === 0 ? say(text('cli.ssh-hosts.none')) : table(rows);
  });
  return exitCode.good;
}

/** `tools` */
export async function tools(context: Context): Promise<ExitCode> {
  const companion = await context.companion();
  const found = await companion.tools.find();
  context.output.result({ tools: found }, () =>
    table(
      found.map(({ tool, version, path }) =>
        path === undefined ? [tool, say(text('cli.tools.missing'))] : [tool, version ?? '', path],
      ),
    ),
  );
  return exitCode.good;
}
