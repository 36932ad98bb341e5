import { z } from 'zod';
import type { Text } from '../../../contract/copy/text.ts';
import { text } from '../../../contract/copy/text.ts';
import type { OperationLogLine, OperationView } from '../../../contract/operation.ts';
import { operationKindSchema, operationStates, progressUnits } from '../../../contract/operation.ts';
import type { Problem } from '../../../contract/problem.ts';
import { problemCodeSchema } from '../../../contract/problem.ts';
import { processIdentitySchema } from '../../adapters/processIdentity.ts';

/** Written by this app only, and redacted; the shape is checked so that a torn or edited line is noticed, the catalogue's keys are not. */
const textSchema = z.object({
  key: z.string(),
  values: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
}) as unknown as z.ZodType<Text>;
const problemSchema = z.looseObject({
  code: problemCodeSchema,
  values: z.record(z.string(), z.union([z.string(), z.number()])),
}) as unknown as z.ZodType<Problem>;

const at = z.string();
const progressSchema = z.object({
  done: z.number(),
  total: z.number().optional(),
  unit: z.enum(progressUnits),
  rate: z.number().optional(),
  secondsLeft: z.number().optional(),
  parts: z.object({ done: z.number(), total: z.number(), unit: z.enum(progressUnits) }).optional(),
});

const startSchema = z.object({
  type: z.literal('start'),
  at,
  id: z.string(),
  kind: operationKindSchema,
  subject: z.object({ instanceId: z.string().optional(), sshHostId: z.string().optional(), name: z.string() }),
  steps: z.array(z.object({ name: textSchema, weight: z.number() })),
  startedBy: z.enum(['window', 'command-line', 'schedule']),
  process: processIdentitySchema,
});
const endSchema = z.object({
  type: z.literal('end'),
  at,
  state: z.enum(operationStates).exclude(['running']),
  stepIndex: z.number(),
  overall: z.number(),
  progress: progressSchema.optional(),
  problem: problemSchema.optional(),
  unexpected: z.string().optional(),
  outcome: textSchema.optional(),
});
const recordSchema = z.discriminatedUnion('type', [
  startSchema,
  z.object({ type: z.literal('step'), at, index: z.number(), overall: z.number() }),
  z.object({ type: z.literal('progress'), at, index: z.number(), overall: z.number(), progress: progressSchema }),
  z.object({ type: z.literal('log'), at, level: z.enum(['info', 'warn', 'error']), line: z.string() }),
  endSchema,
]);

/** One line of a journal. */
export type JournalRecord = z.infer<typeof recordSchema>;
export type StartRecord = z.infer<typeof startSchema>;
export type EndRecord = z.infer<typeof endSchema>;

/** The records of a piece of a journal. Lines that are torn (the process was killed while it wrote) or foreign are passed over. */
export function parseRecords(lines: string): JournalRecord[] {
  const records: JournalRecord[] = [];
  for (const line of lines.split('\n')) {
    if (line === '') continue;
    try {
      const record = recordSchema.safeParse(JSON.parse(line));
      if (record.success) records.push(record.data);
    } catch {
      // Torn.
    }
  }
  return records;
}

/**
 * The operation as its journal tells it. `tail`: at least the last records. Without an end it is running or interrupted, depending on
 * whether its process lives; an interrupted one ended, as far as is known, with its last sign.
 */
export function replay(start: StartRecord, tail: readonly JournalRecord[], processLives: boolean): OperationView {
  const view: OperationView = {
    id: start.id,
    kind: start.kind,
    subject: start.subject,
    state: 'running',
    startedAt: start.at,
    steps: start.steps,
    stepIndex: 0,
    overall: 0,
    startedBy: start.startedBy,
  };
  let lastSeen = start.at;
  for (const record of tail) {
    switch (record.type) {
      case 'start':
        break;
      case 'log':
        lastSeen = record.at;
        break;
      case 'step':
        lastSeen = record.at;
        view.stepIndex = record.index;
        view.overall = record.overall;
        delete view.progress;
        break;
      case 'progress':
        lastSeen = record.at;
        view.stepIndex = record.index;
        view.overall = record.overall;
        view.progress = record.progress;
        break;
      case 'end':
        return {
          ...view,
          state: record.state,
          endedAt: record.at,
          stepIndex: record.stepIndex,
          overall: record.overall,
          ...(record.progress === undefined ? {} : { progress: record.progress }),
          ...(record.problem === undefined ? {} : { problem: record.problem }),
          ...(record.unexpected === undefined ? {} : { unexpected: record.unexpected }),
          ...(record.outcome === undefined ? {} : { outcome: record.outcome }),
        };
      default:
        record satisfies never;
    }
  }
  if (processLives) return view;
  return {
    ...view,
    state: 'interrupted',
    endedAt: lastSeen,
    outcome: text('operation.outcome.interrupted', { lastSeen }),
  };
}

/** The end that is written for an operation whose process has died. */
export function interruptedEnd(view: OperationView): EndRecord {
  return {
    type: 'end',
    at: view.endedAt ?? view.startedAt,
    state: 'interrupted',
    stepIndex: view.stepIndex,
    overall: view.overall,
    ...(view.progress === undefined ? {} : { progress: view.progress }),
    ...(view.outcome === undefined ? {} : { outcome: view.outcome }),
  };
}

export function logLines(records: readonly JournalRecord[]): OperationLogLine[] {
  return records.flatMap((record) =>
    record.type === 'log' ? [{ at: record.at, level: record.level, line: record.line }] : [],
  );
}

/** Fields whose values come from this app's own closed lists: a secret that happens to be one of those words must not change them. */
const ownWords = new Set(
  'type at id kind state code key unit level startedBy startedAt endedAt instanceId sshHostId started unexpected as language'.split(
    ' ',
  ),
);

/**
 * The same record or view with every free text in it redacted. Done before it becomes JSON, whose escapes would hide a secret from
 * the redactor. Everything in `values` is free text.
 */
export function redactDeep<T>(value: T, redact: (text: string) => string): T {
  const visit = (part: unknown, inValues: boolean): unknown => {
    if (typeof part === 'string') return redact(part);
    if (Array.isArray(part)) return part.map((inner) => visit(inner, inValues));
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(
      Object.entries(part).map(([key, inner]) => [
        key,
        ownWords.has(key) && !inValues ? inner : visit(inner, inValues || key === 'values'),
      ]),
    );
  };
  return visit(value, false) as T;
}
