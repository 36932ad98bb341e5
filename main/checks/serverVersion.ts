import { text } from '../../contract/copy/text.ts';
import type { Fix } from '../../contract/fix.ts';
import type { Check, CheckContext } from './check.ts';
import { isManaged, shellToPaste } from './remedies.ts';
import { endOfLife, oldestMajor, recommendedMajor } from './versions.ts';

/** The major version: old enough to fail, to be advised against, or to get no more fixes. */
export const serverVersion: Check = {
  id: 'server-version',
  applicable: () => true,
  run(context) {
    const { server, now } = context;
    const major = Math.floor(server.versionNum / 10_000);
    const ended = endOfLife(major);
    const values = {
      version: server.version,
      platform: server.platform,
      major,
      oldest: oldestMajor,
      recommended: recommendedMajor,
      ended: ended ?? '',
    };
    const base = { title: text('check.server-version.title'), why: text('check.server-version.why') };
    if (major < oldestMajor) {
      return {
        ...base,
        status: 'fail',
        evidence: text('check.server-version.too-old', values),
        fixes: upgrade(context),
      };
    }
    if (ended !== undefined && now.toISOString().slice(0, 10) > ended) {
      return { ...base, status: 'warn', evidence: text('check.server-version.ended', values), fixes: upgrade(context) };
    }
    if (major < recommendedMajor) {
      return { ...base, status: 'warn', evidence: text('check.server-version.old', values), fixes: upgrade(context) };
    }
    return { ...base, status: 'pass', evidence: text('check.server-version.good', values), fixes: [] };
  },
};

/** A newer major version needs the data to be carried over: the usual way for this kind of server. */
function upgrade(context: CheckContext): Fix[] {
  const major = Math.floor(context.server.versionNum / 10_000);
  const title = text('fix.upgrade-server.title');
  if (isManaged(context)) {
    return [
      { kind: 'portal', title, steps: [text('fix.upgrade-server.portal'), text('fix.upgrade-server.portal-backup')] },
    ];
  }
  switch (context.server.provider) {
    case 'debian':
      return [
        shellToPaste(
          title,
          [
            'sudo apt update',
            'sudo apt install -y postgresql-common ca-certificates',
            'sudo /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y',
            'sudo apt install -y postgresql-17 postgresql-17-pgvector',
            'sudo pg_dropcluster --stop 17 main',
            `sudo pg_upgradecluster -v 17 ${major} main`,
          ].join('\n'),
          context,
          text('fix.upgrade-server.debian'),
        ),
      ];
    case 'container':
    case 'alpine':
      return [
        {
          kind: 'portal',
          title,
          steps: [text('fix.upgrade-server.container-new'), text('fix.upgrade-server.container-move')],
        },
      ];
    default:
      return [
        {
          kind: 'portal',
          title,
          steps: [text('fix.upgrade-server.other')],
          link: 'https://www.postgresql.org/docs/current/upgrading.html',
        },
      ];
  }
}
