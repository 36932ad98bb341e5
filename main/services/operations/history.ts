import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { OperationView } from '../../../contract/operation.ts';
import type { ProcessIdentity } from '../../adapters/processIdentity.ts';
import { isAlive } from '../../adapters/processIdentity.ts';
import { interruptedEnd, type JournalRecord, replay } from './journal.ts';
import { appendToDeadJournal, listJournals, readEnds } from './journalFiles.ts';

/** Journals read at the same time. */
const parallel = 32;

export interface History {
  list(filter: { instanceId?: string; limit: number }): Promise<OperationView[]>;
  nameOf(id: string): Promise<string | undefined>;
  view(name: string): Promise<OperationView | undefined>;
  recover(): Promise<OperationView[]>;
  /** Removes the oldest journals beyond this number, except of operations that run. */
  prune(keep: number): Promise<void>;
}

/** What the journals in a folder tell. `live`: the operations of this process, which know more than their journals. */
export function createHistory({
  folder,
  live,
}: {
  folder: string;
  live: (id: string) => OperationView | undefined;
}): History {
  /** Ended journals never change, so each is read once. */
  const ended = new Map<string, OperationView>();

  const viewOf = async (name: string, lives: LivesCheck): Promise<OperationView | undefined> => {
    const id = idOf(name);
    const known = live(id) ?? ended.get(name);
    if (known !== undefined) return known;
    let ends = await readEnds(folder, name);
    let ofThisProcess = false;
    if (ends?.start.process.pid === process.pid && !hasEnd(ends.tail)) {
      const stillLive = live(id);
      if (stillLive !== undefined) return stillLive;
      // It ended while its journal was being read; or its end could not be written, and then nobody knows how it ended.
      ends = await readEnds(folder, name);
      ofThisProcess = true;
    }
    if (ends === undefined) return undefined;
    const { start, tail } = ends;
    if (!hasEnd(tail)) return replay(start, tail, !ofThisProcess && (await lives(start.process, start.at)));
    const view = replay(start, tail, false);
    ended.set(name, view);
    return view;
  };

  return {
    async list({ instanceId, limit }) {
      const names = await listJournals(folder);
      const lives = createLivesCheck();
      const found: OperationView[] = [];
      for (let from = 0; from < names.length && found.length < limit; from += parallel) {
        const views = await Promise.all(names.slice(from, from + parallel).map((name) => viewOf(name, lives)));
        for (const view of views) {
          if (view === undefined) continue;
          if (instanceId === undefined || view.subject.instanceId === instanceId) found.push(view);
        }
      }
      return found.slice(0, limit);
    },

    async nameOf(id) {
      return (await listJournals(folder)).find((name) => idOf(name) === id);
    },

    view: (name) => viewOf(name, createLivesCheck()),

    async recover() {
      const lives = createLivesCheck();
      const names = await listJournals(folder);
      const interrupted: OperationView[] = [];
      for (let from = 0; from < names.length; from += parallel) {
        await Promise.all(
          names.slice(from, from + parallel).map(async (name) => {
            const view = await viewOf(name, lives);
            if (view?.state !== 'interrupted' || ended.has(name)) return;
            await appendToDeadJournal(folder, name, interruptedEnd(view));
            ended.set(name, view);
            interrupted.push(view);
          }),
        );
      }
      await removeStaleCancelRequests(folder, names);
      return interrupted;
    },

    async prune(keep) {
      const names = (await listJournals(folder)).slice(keep);
      const lives = createLivesCheck();
      for (const name of names) {
        if ((await viewOf(name, lives))?.state === 'running') continue;
        await rm(path.join(folder, name), { force: true });
        ended.delete(name);
      }
    },
  };
}

function hasEnd(tail: readonly JournalRecord[]): boolean {
  return tail.some((record) => record.type === 'end');
}

type LivesCheck = (identity: ProcessIdentity, since: string) => Promise<boolean>;

/** Asks once for each process. */
function createLivesCheck(): LivesCheck {
  const answers = new Map<string, Promise<boolean>>();
  return (identity, since) => {
    const key = `${identity.pid} ${identity.started ?? since}`;
    const answer = answers.get(key) ?? isAlive(identity, new Date(since));
    answers.set(key, answer);
    return answer;
  };
}

/** The inverse of journalName. */
function idOf(name: string): string {
  return name.slice(name.indexOf('-') + 1, name.lastIndexOf('.'));
}

async function removeStaleCancelRequests(folder: string, journals: readonly string[]): Promise<void> {
  if (journals.length === 0) return;
  const ids = new Set(journals.map(idOf));
  for (const entry of await readdir(folder)) {
    if (entry.endsWith('.cancel') && !ids.has(entry.slice(0, -'.cancel'.length))) {
      await rm(path.join(folder, entry), { force: true });
    }
  }
}
