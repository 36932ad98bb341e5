import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { runContainer, uniqueName } from '../test/support/docker/containers.ts';
import { dockerCanBeHad, startDocker } from '../test/support/docker/engine.ts';
import { usualEngine } from '../test/support/docker/usualEngine.ts';
import { launchApp, type RunningApp } from '../test/support/electron.ts';
import { format, type Table } from './table.ts';

/** Lines, and how many a second the container writes. */
const total = Number(process.env.LOG_LINES ?? 1_000_000);
const perSecond = 10_000;
/** What the view keeps; the rival keeps as many. */
const kept = 50_000;

/** Writes numbered lines like the server's at an even pace once somebody has said so. */
const writer = `
  const total = ${total}, step = ${perSecond / 50};
  let written = 0;
  const timer = setInterval(() => {
    let text = '';
    for (let n = 0; n < step && written < total; n += 1) {
      written += 1;
      text += JSON.stringify({ level: written % 97 === 0 ? 50 : 30, time: Date.now(), name: 'api', reqId: 'req-' + written.toString(36),
        res: { statusCode: 200 }, responseTime: written % 40, msg: 'request completed ' + written }) + '\\n';
    }
    process.stdout.write(text);
    if (written >= total) { clearInterval(timer); setTimeout(() => {}, 600000); }
  }, 20);`;

type Memory = { heap: number; resident: number };
type Measured = { longest: number; over: number; frames: number; before: Memory; after: Memory; seconds: number };

/**
 * A container that writes `total` lines into the real log view, through Docker, main and the page's own events, following the end;
 * against plain text nodes appended to a `<pre>` that keeps as many lines, in the same window. Frames are counted in the page; memory is
 * taken after a collection.
 */
export async function run(): Promise<Table> {
  if (!dockerCanBeHad) throw new Error('The log view is measured with a container; there is no Docker here.');
  const docker = await startDocker();
  const env = await usualEngine(docker);
  try {
    const ours = await measured(docker, env, 'ours');
    // A page that appends line by line may not live to the end of a million.
    const rival = await measured(docker, env, 'rival').catch((error: unknown) => {
      if (error instanceof Error && /crashed/.test(error.message)) return undefined;
      throw error;
    });
    const mebibytes = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(0)} MiB`;
    const memory = ({ before, after }: Measured, what: keyof Memory) =>
      `${mebibytes(before[what])} → ${mebibytes(after[what])}`;
    const what = `${total.toLocaleString('en')} lines at ${perSecond.toLocaleString('en')} a second`;
    const frames = ({ longest, over, frames: all, seconds }: Measured) =>
      `${longest.toFixed(0)} ms (${over} over 100 ms of ${all}, ${seconds.toFixed(0)} s)`;
    const row = (name: string, goal: string, tell: (of: Measured) => string, figure: (of: Measured) => number) => ({
      name,
      ours: tell(ours),
      rival: `${rival === undefined ? 'its page crashed' : tell(rival)}, text nodes in a <pre>`,
      ratio: rival === undefined ? 0 : figure(ours) / figure(rival),
      goal,
    });
    return {
      rows: [
        row(`Log view, ${what}: longest frame`, '< 100 ms', frames, ({ longest }) => longest),
        row(
          'Log view: memory of the page’s process, before and after',
          'bounded',
          (of) => memory(of, 'resident'),
          ({ after }) => after.resident,
        ),
        row(
          'Log view: heap of JavaScript, before and after',
          'bounded',
          (of) => memory(of, 'heap'),
          ({ after }) => after.heap,
        ),
      ],
    };
  } finally {
    await docker.release();
  }
}

async function measured(
  docker: Awaited<ReturnType<typeof startDocker>>,
  env: Record<string, string>,
  who: 'ours' | 'rival',
): Promise<Measured> {
  const name = uniqueName('writer');
  const container = await runContainer(
    docker,
    [
      ...['--env', 'DATABASE_URL=postgres://app:secret@127.0.0.1:5432/aperture', '--no-healthcheck'],
      ...['--entrypoint', 'node'],
      ...[
        'ghcr.io/dgruhin-hrizn/aperture:0.7.8',
        '-e',
        `process.once('SIGUSR2', () => {${writer}}); setInterval(() => {}, 1000);`,
      ],
    ],
    name,
  );
  const running = await launchApp({ env });
  try {
    const page = running.window;
    await page.getByRole('heading', { level: 1 }).waitFor();
    const instanceId = await adopt(page, name);
    if (who === 'ours') {
      await page.reload();
      await page.getByRole('link', { name: 'Server' }).click();
      await page.getByRole('tab', { name: 'Logs' }).click();
      await page.getByRole('region', { name: 'Log of the server' }).waitFor();
    } else {
      await openPre(page, instanceId);
    }
    await page.waitForTimeout(3_000);
    const before = await memoryOf(running);
    await page.evaluate(() => {
      const frames = { longest: 0, over: 0, frames: 0 };
      Object.assign(window, { frames });
      let last = performance.now();
      const frame = (now: number) => {
        const taken = now - last;
        last = now;
        frames.frames += 1;
        if (taken > frames.longest) frames.longest = taken;
        if (taken > 100) frames.over += 1;
        requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
    });
    const began = performance.now();
    await docker.docker('kill', '--signal', 'SIGUSR2', name);
    await page.waitForFunction(
      (last) => {
        const log = document.querySelector('[data-log]');
        // All text of the rival would be megabytes, and be counted as its own slowness.
        const text = log?.tagName === 'PRE' ? log.lastChild?.textContent : log?.textContent;
        return text?.includes(`request completed ${last}:`) === true;
      },
      total,
      { timeout: 600_000, polling: 1_000 },
    );
    const seconds = (performance.now() - began) / 1000;
    const frames = await page.evaluate(
      () => (window as unknown as { frames: Pick<Measured, 'longest' | 'over' | 'frames'> }).frames,
    );
    return { ...frames, before, after: await memoryOf(running), seconds };
  } finally {
    await running.stop();
    await container.remove();
  }
}

async function adopt(page: Page, container: string): Promise<string> {
  return page.evaluate(async (container) => {
    const envelope = await window.companion.ask('server.adopt', {
      docker: { kind: 'local' },
      container,
      name: 'Bench',
      keep: 'session',
    });
    if (!envelope.ok) throw new Error(JSON.stringify(envelope));
    return envelope.value.instance.id;
  }, container);
}

/** The rival: a text node for each line, the oldest removed, the end kept in view. */
async function openPre(page: Page, instanceId: string): Promise<void> {
  await page.evaluate(
    async ({ instanceId, kept }) => {
      const pre = document.createElement('pre');
      pre.dataset.log = '';
      pre.style.cssText = 'position:fixed;inset:100px 40px 40px 300px;overflow:auto;background:#fff;z-index:9';
      document.body.append(pre);
      window.companion.on('server.log', ({ lines }) => {
        for (const { at, level, module, message } of lines) {
          pre.append(document.createTextNode(`${at} ${level} ${module} ${message}\n`));
        }
        while (pre.childNodes.length > kept) pre.firstChild?.remove();
        pre.scrollTop = pre.scrollHeight;
      });
      await window.companion.ask('server.log.open', { instanceId, tail: 5_000 });
    },
    { instanceId, kept },
  );
}

/** Bytes after a collection: JavaScript's objects, and all that the page's process holds. */
async function memoryOf({ app, window: page }: RunningApp): Promise<Memory> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  const kibibytes = await app.evaluate(
    ({ app }) => app.getAppMetrics().find(({ type }) => type === 'Tab')?.memory.workingSetSize ?? Number.NaN,
  );
  return { heap: usedSize, resident: kibibytes * 1024 };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${format([await run()])}\n`);
  process.exit(0);
}
