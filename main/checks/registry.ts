import { type CheckId, type CheckResult, type CheckStatus, checkIds, type Verdict } from '../../contract/check.ts';
import type { Check, CheckContext } from './check.ts';
import { collation } from './collation.ts';
import { connections } from './connections.ts';
import { createOnDatabase } from './createOnDatabase.ts';
import { createOnSchema } from './createOnSchema.ts';
import { databaseDedicated } from './databaseDedicated.ts';
import { databaseOwner } from './databaseOwner.ts';
import { encoding } from './encoding.ts';
import { extensionPgcrypto } from './extensionPgcrypto.ts';
import { extensionPgTrgm } from './extensionPgTrgm.ts';
import { extensionVector } from './extensionVector.ts';
import { freeDisk } from './freeDisk.ts';
import { memoryMaintenance } from './memoryMaintenance.ts';
import { memorySharedBuffers } from './memorySharedBuffers.ts';
import { memoryWorkMem } from './memoryWorkMem.ts';
import { passwordBackup } from './passwordBackup.ts';
import { pooler } from './pooler.ts';
import { searchPath } from './searchPath.ts';
import { serverVersion } from './serverVersion.ts';
import { serverWritable } from './serverWritable.ts';
import { sharedMemory } from './sharedMemory.ts';
import { tlsAgreement } from './tlsAgreement.ts';

const checks: readonly Check[] = [
  serverVersion,
  serverWritable,
  pooler,
  encoding,
  collation,
  extensionVector,
  extensionPgcrypto,
  extensionPgTrgm,
  databaseDedicated,
  databaseOwner,
  createOnDatabase,
  createOnSchema,
  searchPath,
  connections,
  memorySharedBuffers,
  memoryWorkMem,
  memoryMaintenance,
  sharedMemory,
  freeDisk,
  tlsAgreement,
  passwordBackup,
];

/** All checks, in the order in which they are shown. */
export const registry: readonly Check[] = checks.toSorted((a, b) => checkIds.indexOf(a.id) - checkIds.indexOf(b.id));

/** The results of those that apply, one by one; `only` leaves out the others. */
export function* runChecks(context: CheckContext, only?: readonly CheckId[]): Generator<CheckResult> {
  for (const check of registry) {
    if (only !== undefined && !only.includes(check.id)) continue;
    if (check.applicable(context)) yield { id: check.id, ...check.run(context) };
  }
}

/** One that fails is enough for "not ready"; what was skipped counts for nothing. */
export function verdictOf(results: readonly { status: CheckStatus }[]): Verdict {
  if (results.some((each) => each.status === 'fail')) return 'not-ready';
  return results.some((each) => each.status === 'warn') ? 'ready-with-warnings' : 'ready';
}
