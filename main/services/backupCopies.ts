import path from 'node:path';
import type { BackupManifest, BackupView } from '../../contract/backup.ts';
import type {
  DestinationSettings,
  PrunePlace,
  PrunePlan,
  PruneVerdict,
  Retention,
} from '../../contract/backupSettings.ts';
import { text } from '../../contract/copy/text.ts';
import type { OperationView } from '../../contract/operation.ts';
import type { Problem } from '../../contract/problem.ts';
import type { Destination } from '../adapters/destinations/destination.ts';
import { ProblemError } from '../problems/ProblemError.ts';
import {
  encryptedOutgoing,
  type Outgoing,
  plainOutgoing,
  tidyOutgoing,
  type WholeBackup,
} from './backupCopies/outgoing.ts';
import { listRemote, type RemoteBackup, removeRemote, sendTo, tidyRemote } from './backupCopies/remote.ts';
import { removeLocal } from './backupCopies/removeLocal.ts';
import { decideRetention } from './backupRules/retention.ts';
import type { BackupSettingsService } from './backupSettings.ts';
import type { Backups } from './backups.ts';
import type { Op, Operations } from './ports.ts';

/** What came of one destination. `problem`: the copy is not there. */
export type CopyOutcome = { destination: DestinationSettings; copied: string[]; problem?: Problem };

type Begun<Result> = { id: string; ended: Promise<OperationView>; result: Promise<Result | undefined> };

export interface BackupCopies {
  /**
   * Copies the newest good backup to each destination that has not got it, and those made while it could not be reached; encrypted where
   * that is wished. One that fails does not fail the others; the operation fails with the first problem. Undefined without destinations.
   */
  copy(instance: { id: string; name: string }): Promise<Begun<CopyOutcome[]> | undefined>;
  /** What retention would remove now, in each place, and why the rest stays; by other rules where some are given. Changes nothing. */
  planPrune(instanceId: string, signal: AbortSignal, rules?: Retention): Promise<PrunePlan>;
  /** Removes exactly what a plan made now would: an operation. */
  prune(instance: { id: string; name: string }): Promise<Begun<PrunePlan>>;
  /** Whole copies of one destination. */
  list(instanceId: string, destination: DestinationSettings, signal: AbortSignal): Promise<RemoteBackup[]>;
}

export function createBackupCopies({
  folder,
  backups,
  settings,
  operations,
  timeZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone,
}: {
  /** Encrypted files wait here until all destinations have them. */
  folder: string;
  backups: Pick<Backups, 'list'>;
  settings: Pick<BackupSettingsService, 'get' | 'open' | 'encryption'>;
  operations: Operations;
  timeZone?: () => string;
}): BackupCopies {
  const outbox = (instanceId: string) => path.join(folder, encodeURIComponent(instanceId).replaceAll('*', '%2A'));

  const good = async (instanceId: string, signal: AbortSignal): Promise<WholeBackup[]> =>
    (await backups.list(instanceId, signal)).filter(isWhole);

  const zoneOf = async (instanceId: string) => (await settings.get(instanceId)).schedule?.timeZone ?? timeZone();

  const planPrune = async (instanceId: string, signal: AbortSignal, rules?: Retention): Promise<PrunePlan> => {
    const { destinations, retention: kept } = await settings.get(instanceId);
    const retention = rules ?? kept;
    const zone = await zoneOf(instanceId);
    const judge = (found: { id: string; name: string; createdAt: string; bytes: number; verified: boolean }[]) => {
      const verdicts = decideRetention(
        found.map(({ id, createdAt, verified }) => ({ id, createdAt: Date.parse(createdAt), verified })),
        retention,
        zone,
      );
      return verdicts.flatMap((verdict): PruneVerdict[] => {
        const of = found.find(({ id }) => id === verdict.id);
        if (of === undefined) return [];
        const { id, name, createdAt, bytes } = of;
        return [{ id, name, createdAt, bytes, keep: verdict.keep, reasons: verdict.keep ? verdict.reasons : [] }];
      });
    };
    const local = (await backups.list(instanceId, signal)).map((view) => ({
      // The same backup in two folders is two files here.
      id: view.where.path,
      name: path.basename(view.where.path),
      createdAt: view.manifest?.createdAt ?? view.modifiedAt,
      bytes: view.bytes,
      verified: isWhole(view),
    }));
    const places = await Promise.all(
      destinations.map(async (destination): Promise<PrunePlace> => {
        try {
          const remote = await listRemote(settings.open(destination), instanceId, signal);
          const found = remote.map(({ name, manifest }) => ({
            id: name,
            name,
            createdAt: manifest.createdAt,
            bytes: manifest.file.bytes,
            verified: true,
          }));
          return { destination, verdicts: judge(found) };
        } catch (error) {
          return { destination, verdicts: [], problem: problemOf(error, signal) };
        }
      }),
    );
    return { retention, timeZone: zone, places: [{ verdicts: judge(local) }, ...places] };
  };

  const copyAll = async (
    instance: { id: string },
    destinations: readonly DestinationSettings[],
    op: Op,
  ): Promise<CopyOutcome[]> => {
    const { signal } = op;
    const whole = await good(instance.id, signal);
    const outcomes = destinations.map((destination): CopyOutcome => ({ destination, copied: [] }));
    const fail = (outcome: CopyOutcome, error: unknown) => {
      outcome.problem = problemOf(error, signal);
      op.log(`${outcome.destination.name}: ${error instanceof Error ? error.message : String(error)}`, 'error');
    };
    const wanted = await Promise.all(
      outcomes.map(async (outcome) => {
        try {
          const destination = settings.open(outcome.destination);
          return {
            outcome,
            destination,
            missing: missingAt(whole, await listRemote(destination, instance.id, signal)),
          };
        } catch (error) {
          fail(outcome, error);
          return { outcome, destination: undefined, missing: [] as WholeBackup[] };
        }
      }),
    );
    const encryption = await settings.encryption(instance.id, signal);
    const waiting = whole.filter((backup) => wanted.some(({ missing }) => missing.includes(backup)));
    const box = outbox(instance.id);
    // What an unreachable destination still waits for stays as it was sent in part.
    await tidyOutgoing(
      box,
      whole.slice(0, 1).map(({ manifest }) => manifest.file.name),
    );
    for (const backup of waiting) {
      op.step(0);
      const { bytes } = backup.manifest.file;
      const progress = (done: number) => op.progress(done, bytes, 'bytes');
      let outgoing: Outgoing;
      try {
        outgoing =
          encryption === undefined
            ? await plainOutgoing(backup)
            : await encryptedOutgoing(backup, encryption, box, { signal, progress });
      } catch (error) {
        for (const { outcome, missing } of wanted) if (missing.includes(backup)) fail(outcome, error);
        continue;
      }
      op.step(1);
      const receivers = wanted.filter(
        ({ outcome, missing }) => missing.includes(backup) && outcome.problem === undefined,
      );
      const done = receivers.map(() => 0);
      await Promise.all(
        receivers.map(async ({ outcome, destination }, index) => {
          if (destination === undefined) return;
          try {
            await sendTo(destination, outgoing, {
              signal,
              progress: (sent) => {
                done[index] = sent;
                op.progress(
                  done.reduce((sum, each) => sum + each, 0),
                  outgoing.dump.source.bytes * receivers.length,
                  'bytes',
                );
              },
            });
            outcome.copied.push(outgoing.dump.name);
            op.log(`${outcome.destination.name}: ${outgoing.dump.name}`);
          } catch (error) {
            fail(outcome, error);
          }
        }),
      );
    }
    if (outcomes.every(({ problem }) => problem === undefined)) await tidyOutgoing(box, []);
    signal.throwIfAborted();
    return outcomes;
  };

  const pruneAll = async (instanceId: string, op: Op): Promise<PrunePlan> => {
    const { signal } = op;
    const plan = await planPrune(instanceId, signal);
    for (const place of plan.places) {
      const going = place.verdicts.filter(({ keep }) => !keep);
      try {
        if (place.destination === undefined) {
          for (const { id, name } of going) {
            signal.throwIfAborted();
            await removeLocal(id);
            op.log(`removed ${name}`);
          }
        } else if (going.length > 0) {
          const destination: Destination = settings.open(place.destination);
          const remote = await listRemote(destination, instanceId, signal);
          for (const { name } of going) {
            const backup = remote.find((each) => each.name === name);
            if (backup !== undefined) await removeRemote(destination, backup, signal);
            op.log(`${place.destination.name}: removed ${name}`);
          }
          await tidyRemote(destination, signal);
        }
      } catch (error) {
        place.problem = problemOf(error, signal);
      }
    }
    const failed = plan.places.find(({ problem }) => problem !== undefined)?.problem;
    if (failed !== undefined) throw new ProblemError(failed.code, failed.values, failed);
    return plan;
  };

  return {
    planPrune,
    list: (instanceId, destination, signal) => listRemote(settings.open(destination), instanceId, signal),

    async copy(instance) {
      const { destinations, encryption } = await settings.get(instance.id);
      if (destinations.length === 0) return undefined;
      const names = destinations.map(({ name }) => name).join(', ');
      const steps = [
        { name: text('backup.step.encrypt'), weight: encryption.kind === 'none' ? 0.01 : 1 },
        { name: text('backup.step.copy', { name: names }), weight: 3 },
      ];
      return withResult<CopyOutcome[]>((give) =>
        operations.run(
          'backup-copy',
          { instanceId: instance.id, name: instance.name },
          steps,
          async (op) => {
            const outcomes = await copyAll(instance, destinations, op);
            give(outcomes);
            const failed = outcomes.find(({ problem }) => problem !== undefined)?.problem;
            if (failed !== undefined) throw new ProblemError(failed.code, failed.values, failed);
            return text('backup.outcome.copied', { name: instance.name, count: outcomes.length, removed: 0 });
          },
          { exclusive: true },
        ),
      );
    },

    prune: (instance) =>
      withResult<PrunePlan>((give) =>
        operations.run(
          'backup-prune',
          { instanceId: instance.id, name: instance.name },
          [{ name: text('backup.step.prune'), weight: 1 }],
          async (op) => {
            const plan = await pruneAll(instance.id, op);
            give(plan);
            const removed = plan.places.flatMap(({ verdicts }) => verdicts).filter(({ keep }) => !keep).length;
            return text('backup.outcome.pruned', { removed });
          },
          { exclusive: true },
        ),
      ),
  };
}

/** What a body hands out before its operation ends. */
async function withResult<Result>(
  start: (give: (result: Result) => void) => Promise<{ id: string; ended: Promise<OperationView> }>,
): Promise<Begun<Result>> {
  let given: Result | undefined;
  const { id, ended } = await start((result) => {
    given = result;
  });
  return { id, ended, result: ended.then(() => given) };
}

function isWhole(view: BackupView): view is WholeBackup {
  return view.manifest !== undefined && view.verification.state === 'verified';
}

/** The newest, and those that were made since the newest that is there; newest first. */
function missingAt(whole: readonly WholeBackup[], remote: readonly { manifest: BackupManifest }[]): WholeBackup[] {
  const there = new Set(remote.map(({ manifest }) => manifest.id));
  const newest = remote
    .map(({ manifest }) => manifest.createdAt)
    .sort()
    .at(-1);
  return whole.filter(
    ({ manifest }, index) =>
      !there.has(manifest.id) && (index === 0 || (newest !== undefined && manifest.createdAt > newest)),
  );
}

function problemOf(error: unknown, signal: AbortSignal): Problem {
  signal.throwIfAborted();
  if (error instanceof ProblemError && error.problem.code !== 'cancelled') return error.problem;
  throw error;
}
