import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { type DocumentDefinition, openDocument } from '../../main/services/documents.ts';

/**
 * A process that counts up in a document and says each number once it is acknowledged.
 * Arguments: folder, key to count under, how many times (0: until it is killed).
 */
const [folder = '', key = '', times = '0'] = process.argv.slice(2);

const definition: DocumentDefinition<Record<string, number>> = {
  name: 'counters',
  version: 1,
  schema: z.record(z.string(), z.number()),
  empty: () => ({}),
};
const document = openDocument(definition, { folder });

for (let count = 1; times === '0' || count <= Number(times); count += 1) {
  const value = await document.update((current) => ({ ...current, [key]: (current[key] ?? 0) + 1 }));
  process.stdout.write(`${value[key]}\n`);
  if (times === '0') await delay(0);
}
