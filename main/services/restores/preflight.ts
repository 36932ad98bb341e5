import type { Text } from '../../../contract/copy/text.ts';
import { text } from '../../../contract/copy/text.ts';
import type { Fix } from '../../../contract/fix.ts';
import type { RestoreCheckId, RestoreVerdict } from '../../../contract/restore.ts';
import { quoteIdentifier } from '../../sql/quoting.ts';
import { installation } from '../backups/toolMissing.ts';
import type { OpenArchive } from './archive.ts';
import type { ServerFacts, TargetFacts, ToolFacts } from './facts.ts';
import { chooseEntries } from './fill.ts';
import { extensionVerdict } from './preflightExtensions.ts';
import { ledgerVerdict } from './preflightLedger.ts';

export type PreflightFacts = {
  archive: Pick<
    OpenArchive,
    'name' | 'format' | 'manifest' | 'contents' | 'entries' | 'toolMajor' | 'serverMajor' | 'proven'
  >;
  instance: { id: string; name: string };
  target: TargetFacts;
  server: ServerFacts;
  tool: ToolFacts;
  /** Names in the ledger of now; null without one. */
  ledgerNow: readonly string[] | null;
  neededBytes: number;
  platform: NodeJS.Platform;
};

type Judgement = Omit<RestoreVerdict, 'id' | 'title' | 'fixes'> & { fixes?: Fix[] };

/** What stands in the way of a restore side by side, judged from facts alone. Nothing is asked and nothing is touched. */
export function judge(facts: PreflightFacts): RestoreVerdict[] {
  return (Object.keys(judges) as RestoreCheckId[]).map((id) => ({
    id,
    title: text(`restore.check.${id}`),
    fixes: [],
    ...judges[id](facts),
  }));
}

const pass = (evidence: Text): Judgement => ({ status: 'pass', evidence });
const warn = (evidence: Text, fixes: Fix[] = []): Judgement => ({ status: 'warn', evidence, fixes });
const fail = (evidence: Text, fixes: Fix[] = []): Judgement => ({ status: 'fail', evidence, fixes });
const mega = (bytes: number) => Math.max(1, Math.round(bytes / 1e6));
const isPlain = ({ format }: PreflightFacts['archive']) => format === 'sql' || format === 'sql-gzip';

const judges: Record<RestoreCheckId, (facts: PreflightFacts) => Judgement> = {
  archive({ archive: { name, manifest, proven } }) {
    if (manifest === undefined) return warn(text('restore.check.archive.no-manifest', { name }));
    return pass(text(proven ? 'restore.check.archive.proven' : 'restore.check.archive.read', { name }));
  },

  instance({ archive, instance }) {
    const { manifest, contents } = archive;
    if (manifest === undefined) {
      const ours = isPlain(archive) || contents.tables.some(({ name }) => name === 'aperture_migrations');
      return warn(text(ours ? 'restore.check.instance.unknown' : 'restore.check.instance.not-aperture'));
    }
    const { id, name } = manifest.instance;
    if (id === instance.id) return pass(text('restore.check.instance.same', { name }));
    return warn(text('restore.check.instance.other', { name, instance: instance.name }));
  },

  tool({ archive, tool: { usable, found }, target, platform }) {
    const plain = isPlain(archive);
    const tool = plain ? 'psql' : 'pg_restore';
    if (usable === undefined) {
      const versions = found.map(({ version, place }) => `${version} (${place})`).join(', ') || '–';
      const values = { found: versions, made: archive.contents.toolVersion ?? '?' };
      const major = plain ? 18 : Math.max(archive.toolMajor ?? 0, target.server.major);
      const fix: Fix = {
        kind: 'paste',
        title: text('restore.fix.tool', { major: String(major) }),
        language: platform === 'win32' ? 'powershell' : 'shell',
        where: text('backup.fix.install.where'),
        snippet: installation(platform, major),
      };
      return fail(text(plain ? 'restore.check.tool.restrict' : 'restore.check.tool.missing', values), [fix]);
    }
    const values = { tool, version: usable.version, place: usable.place, server: String(target.server.major) };
    const older = !plain && usable.major >= 17 && target.server.major < 17;
    return pass(text(older ? 'restore.check.tool.older-target' : 'restore.check.tool.fits', values));
  },

  'server-major'({ archive: { serverMajor, contents, manifest }, target: { server } }) {
    const from = manifest?.server.version ?? contents.serverVersion ?? '';
    const values = { from, to: server.version };
    const major = manifest?.server.major ?? serverMajor;
    if (major === undefined) return warn(text('restore.check.server-major.unknown', values));
    if (major === server.major) return pass(text('restore.check.server-major.same', values));
    if (major < server.major) return pass(text('restore.check.server-major.newer', values));
    return warn(text('restore.check.server-major.older', values));
  },

  extensions: extensionVerdict,

  objects({ archive, target: { role } }) {
    const { leftOut } = chooseEntries(archive.entries, role.superuser);
    if (leftOut.length === 0) return pass(text('restore.check.objects.all', { user: role.user }));
    const names = leftOut.map(({ kind, rest }) => `${kind} ${rest}`).slice(0, 10);
    return warn(text('restore.check.objects.left-out', { names: names.join(', ') }));
  },

  encoding({ archive: { manifest }, target: { database } }) {
    const { encoding, collate, collationChanged } = database;
    const from = manifest?.database.encoding;
    if (from !== undefined && from !== encoding) {
      return warn(text('restore.check.encoding.other', { from, to: encoding }));
    }
    if (collationChanged) return pass(text('restore.check.encoding.collation'));
    return pass(text('restore.check.encoding.same', { encoding, collate }));
  },

  maintenance({ target: { maintenance, role } }) {
    if (maintenance !== undefined) return pass(text('restore.check.maintenance.there', { database: maintenance }));
    const grant = `GRANT CONNECT ON DATABASE postgres TO ${quoteIdentifier(role.user)};`;
    return fail(text('restore.check.maintenance.missing', { user: role.user }), [
      asAdministrator(text('restore.fix.maintenance'), grant),
    ]);
  },

  rights({ target: { role, database } }) {
    const values = { user: role.user, database: database.name };
    const [user, name] = [quoteIdentifier(role.user), quoteIdentifier(database.name)];
    if (!role.owner) {
      const fix = asAdministrator(text('restore.fix.owner'), `ALTER DATABASE ${name} OWNER TO ${user};`);
      return fail(text('restore.check.rights.owner', values), [fix]);
    }
    if (!role.createdb) {
      const fix = asAdministrator(text('restore.fix.createdb'), `ALTER ROLE ${user} CREATEDB;`);
      return fail(text('restore.check.rights.createdb', values), [fix]);
    }
    return pass(text('restore.check.rights.all', values));
  },

  space({ neededBytes, target: { freeBytes, database } }) {
    const values = { needed: mega(neededBytes), now: mega(database.bytes) };
    if (freeBytes === undefined) {
      return { status: 'skipped', evidence: text('restore.check.space.unknown', values) };
    }
    const more = { ...values, free: mega(freeBytes) };
    if (freeBytes < neededBytes) return fail(text('restore.check.space.short', more));
    return pass(text('restore.check.space.enough', more));
  },

  ledger: ledgerVerdict,

  sessions({ target: { sessions, role }, server: { container } }) {
    const firm = sessions.filter(({ mayEnd }) => !mayEnd);
    if (firm.length > 0) {
      const shown = firm.slice(0, 5).map(({ pid, user, application }) => `${pid} ${user} ${application}`.trim());
      const values = { count: firm.length, user: role.user, sessions: shown.join(', ') };
      return warn(text('restore.check.sessions.firm', values));
    }
    if (container?.up === true) return pass(text('restore.check.sessions.server', { container: container.name }));
    if (sessions.length === 0) return pass(text('restore.check.sessions.none'));
    return warn(text('restore.check.sessions.ended', { count: sessions.length }));
  },

  pooler({ target: { pooled } }) {
    return pooled ? fail(text('restore.check.pooler.pooled')) : pass(text('restore.check.pooler.direct'));
  },
};

function asAdministrator(title: Text, snippet: string): Fix {
  return { kind: 'paste', title, language: 'sql', where: text('restore.fix.maintenance.where'), snippet };
}
