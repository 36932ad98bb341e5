/** Bytes at each end of a dump in which pg_dump's own frame is. */
const frame = 16 * 1024;

/**
 * A dump in SQL as psql may be given it: between `\restrict` and `\unrestrict` with a key of the app's own, so that nothing in it can
 * start a program or read a file on the computer that psql runs on. The dump's own pair goes, since they can't be nested; so does a
 * setting that servers before 17 don't know.
 */
export function plainSql(key: string): (chunks: AsyncIterable<Buffer>) => AsyncGenerator<Buffer> {
  return async function* (chunks) {
    yield Buffer.from(`\\restrict ${key}\n`);
    let head: Buffer | undefined = Buffer.alloc(0);
    let tail = Buffer.alloc(0);
    let own: string | undefined;
    for await (const chunk of chunks) {
      let next = chunk;
      if (head !== undefined) {
        head = Buffer.concat([head, chunk]);
        if (head.length < frame) continue;
        ({ own, text: next } = withoutFrame(head));
        head = undefined;
      }
      const together = Buffer.concat([tail, next]);
      const cut = Math.max(0, together.length - frame);
      yield together.subarray(0, cut);
      tail = together.subarray(cut);
    }
    if (head !== undefined) ({ own, text: tail } = withoutFrame(head));
    yield own === undefined
      ? tail
      : Buffer.from(tail.toString('latin1').replace(`\n\\unrestrict ${own}`, '\n'), 'latin1');
    yield Buffer.from(`\n\\unrestrict ${key}\n`);
  };
}

function withoutFrame(head: Buffer): { own: string | undefined; text: Buffer<ArrayBuffer> } {
  const text = head.toString('latin1');
  const own = /^\\restrict ([A-Za-z0-9]+)\r?$/m.exec(text)?.[1];
  const changed = text.replace(/^\\restrict [A-Za-z0-9]+\r?$/m, '').replace(/^SET transaction_timeout = 0;\r?$/m, '');
  return { own, text: Buffer.from(changed, 'latin1') };
}
