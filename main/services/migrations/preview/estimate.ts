import type { Work } from './actions.ts';
import type { RelationFacts } from './facts.ts';

/** Per second, on a modest machine with an ordinary disk: a guess within a factor of a few, so that minutes are told from moments. */
const rates = {
  scannedBytes: 300e6,
  writtenBytes: 60e6,
  indexedBytes: 25e6,
  sortedRows: 800e3,
  changedRows: 60e3,
  ginBytes: 10e6,
};

/** Seconds for each row and dimension: 50,000 halfvecs of 1,536 dimensions took a minute. */
const perDimension = { hnsw: 0.8e-6, ivfflat: 0.1e-6 };

/** Below this nobody waits. */
const worthTelling = 1;

/** Seconds that the work on a table takes, from its size; undefined for less than a second. `rows`: those that are hit. */
export function estimateSeconds(work: Work, table: RelationFacts, rows = table.rows): number | undefined {
  const seconds = secondsOf(work, table, rows);
  return seconds < worthTelling ? undefined : Math.round(seconds);
}

function secondsOf(work: Work, table: RelationFacts, rows: number): number {
  const { bytes, indexBytes } = table;
  const scan = bytes / rates.scannedBytes;
  switch (work.kind) {
    case 'none':
      return 0;
    case 'scan':
      return scan;
    case 'rewrite':
      return scan + bytes / rates.writtenBytes + indexBytes / rates.indexedBytes;
    case 'update':
      return scan + rows / rates.changedRows;
    case 'index': {
      const { method } = work;
      if (method === 'hnsw' || method === 'ivfflat') {
        return scan + table.rows * dimensionsOf(table, work.column) * perDimension[method];
      }
      if (method === 'gin' || method === 'gist' || method === 'spgist') return scan + bytes / rates.ginBytes;
      return scan + table.rows / rates.sortedRows;
    }
  }
}

/** pgvector keeps the number of dimensions as the column's modifier. Where none is told, that of the usual model. */
function dimensionsOf({ columns }: RelationFacts, column: string | undefined): number {
  const found = columns.find(({ name, type }) => (column === undefined ? /vec|vector/.test(type) : name === column));
  return found !== undefined && found.modifier > 0 ? found.modifier : 1536;
}
