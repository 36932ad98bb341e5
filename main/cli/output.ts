/** Exit codes of every command. */
export const exitCode = { good: 0, problemFound: 1, wrongUsage: 2, failed: 3, cancelled: 130 } as const;
export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** Where a command writes: results on standard output, progress on standard error. */
export interface Output {
  /** The result: a document with `--json`, else the text. Once for each run. */
  result(document: unknown, text: () => string): void;
  /** One line of a result that has no end. Resolves when whoever reads can take the next. */
  line(text: string): Promise<void>;
  /** Why there is no result: with `--json` a document on standard output, else text on standard error. */
  failure(document: unknown, text: () => string): void;
  /** What is being done, or worth knowing. Not written with `--quiet`. */
  progress(line: string): void;
  /** What is being done right now: on a terminal the last line, which the next one replaces; elsewhere a line of its own. */
  status(line: string): void;
  /** Takes the last status off the terminal, before something else is written there. */
  clearStatus(): void;
  readonly json: boolean;
  readonly colour: boolean;
  readonly columns: number;
}

export type OutputStream = {
  write(text: string): unknown;
  once?(event: 'drain', listener: () => void): unknown;
  isTTY?: boolean;
  columns?: number;
};

export function createOutput(options: {
  json: boolean;
  quiet: boolean;
  stdout: OutputStream;
  stderr: OutputStream;
  environment: NodeJS.ProcessEnv;
}): Output {
  const { stdout, stderr, json, quiet, environment } = options;
  let statusShown = false;
  const clearStatus = () => {
    if (statusShown) stderr.write(`\r${esc}[K`);
    statusShown = false;
  };
  const write = (stream: OutputStream, text: string) => {
    clearStatus();
    stream.write(`${text}\n`);
  };
  return {
    result(document, text) {
      write(stdout, json ? JSON.stringify(document, null, 2) : printable(text()));
    },
    async line(text) {
      clearStatus();
      // A document of JSON has no control characters; those that text has are the server's.
      const taken = stdout.write(`${json ? text : printable(text)}\n`);
      const { once } = stdout;
      if (taken === false && once !== undefined)
        await new Promise<void>((resolve) => once.call(stdout, 'drain', resolve));
    },
    failure(document, text) {
      if (json) write(stdout, JSON.stringify(document, null, 2));
      else write(stderr, printable(text()));
    },
    progress(line) {
      if (!quiet) write(stderr, printable(line));
    },
    status(line) {
      if (quiet) return;
      if (stderr.isTTY !== true) {
        stderr.write(`${printable(line)}\n`);
        return;
      }
      stderr.write(`\r${esc}[K${printable(line).slice(0, (stderr.columns ?? 80) - 1)}`);
      statusShown = true;
    },
    clearStatus,
    json,
    // https://no-color.org
    colour: stdout.isTTY === true && !environment.NO_COLOR,
    columns: stdout.columns ?? 100,
  };
}

const esc = '\u001b';
const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 } as const;
const ownSequences = new Set([0, ...Object.values(codes)].map((code) => `${esc}[${code}m`));
const controls = new RegExp(`${esc}\\[\\d+m|[^\\P{Cc}\\n\\t]`, 'gu');

/** Without the control characters that a server's words could move the cursor or rename the terminal with. */
export function printable(text: string): string {
  return text.replace(controls, (found) => (ownSequences.has(found) ? found : ''));
}

/** The text in a colour where there is one; the words carry the meaning by themselves. */
export function paint(output: Pick<Output, 'colour'>, style: keyof typeof codes, text: string): string {
  return output.colour ? `${esc}[${codes[style]}m${text}${esc}[0m` : text;
}

/** Words of a text in lines of at most `width` columns, each after the first indented. */
export function wrap(text: string, width: number, indent = ''): string {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && line.length + 1 + word.length > width) {
        lines.push(line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    lines.push(line);
  }
  return lines.join(`\n${indent}`);
}

/** Rows with aligned columns. */
export function table(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
