/** What a restoring tool said. `ignored`: errors that take nothing away, in its own words. */
export type RestoreWords = { ignored: string[]; fatal: string[]; warnings: string[]; last: string[] };

type Level = 'info' | 'warn' | 'error';

/**
 * Errors that take nothing away, by what PostgreSQL says and by the command that it says it of: settings of a session that an older
 * server does not know, and comments on what belongs to somebody else.
 */
const harmless: readonly { message: RegExp; command: RegExp }[] = [
  { message: /unrecognized configuration parameter/, command: /^SET [a-z_.]+ = / },
  {
    message: /must be owner of|permission denied/,
    command: /^COMMENT ON (?:EXTENSION|SCHEMA|LANGUAGE|DATABASE|CAST) /,
  },
  { message: /schema "public" already exists/, command: /^CREATE SCHEMA public/ },
];

/** Workers share one standard error, so that the beginning of a line may be another one's. */
const errorLine = /pg_restore(?:\.exe)?: +error: /;
const commandLine = /Command was: (.*)$/;
const doneLine = /pg_restore(?:\.exe)?: +(?:creating |processing data for |executing )/;

/**
 * Reads standard error line by line. An error is judged when its command is known, the next line or so; one that has none, when
 * something else comes. `onFatal` is called once.
 */
export function createWords(options: {
  total: number;
  log: (line: string, level?: Level) => void;
  progress: (done: number, total: number) => void;
  onFatal: () => void;
}) {
  const { total, log, progress, onFatal } = options;
  const said: RestoreWords = { ignored: [], fatal: [], warnings: [], last: [] };
  let pending: string | undefined;
  let done = 0;
  const judge = (command: string | undefined) => {
    if (pending === undefined) return;
    const message = pending;
    pending = undefined;
    const known =
      command !== undefined && harmless.some((one) => one.message.test(message) && one.command.test(command));
    if (known) {
      if (said.ignored.length < 200) said.ignored.push(message);
      log(`${message} (${command}): left out, nothing is lost`, 'info');
      return;
    }
    said.fatal.push(command === undefined ? message : `${message}\n${command}`);
    log(command === undefined ? message : `${message}: ${command}`, 'error');
    if (said.fatal.length === 1) onFatal();
  };
  const note = (line: string, level: Level) => {
    log(line, level);
    said.last.push(line);
    if (said.last.length > 50) said.last.shift();
  };
  return {
    line(line: string) {
      const command = commandLine.exec(line)?.[1];
      if (command !== undefined) return judge(command);
      if (errorLine.test(line)) {
        judge(undefined);
        pending = line;
        return;
      }
      if (/^psql:.*ERROR: {2}|^psql: error: /.test(line)) {
        pending = line;
        return judge(undefined);
      }
      // DETAIL, HINT, LINE and CONTEXT of an error are part of it.
      if (pending !== undefined && /^(?:DETAIL|HINT|CONTEXT|LINE \d+|QUERY): |^\s/.test(line)) {
        pending += `\n${line}`;
        return;
      }
      if (doneLine.test(line)) {
        done = Math.min(total, done + 1);
        progress(done, total);
        log(line.replace(/^.*pg_restore(?:\.exe)?: +/, ''));
        return;
      }
      // Above the next error; with --verbose every step is told.
      if (
        /pg_restore(?:\.exe)?: +(?:while |from TOC|connecting|implied|entering|processing|launching|skipping|finished)/.test(
          line,
        )
      )
        return;
      if (line.trim() === '') return;
      if (/WARNING: {2}|warning: /.test(line) && !/errors ignored on restore/.test(line)) {
        if (said.warnings.length < 50) said.warnings.push(line);
        note(line, 'warn');
        return;
      }
      note(line, 'info');
    },
    end(): RestoreWords {
      judge(undefined);
      return said;
    },
  };
}
