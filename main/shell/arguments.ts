import path from 'node:path';
import { commandNames } from '../cli/commandNames.ts';

/** First words that mean the command line. Everything else (switches of Chromium, files to open) opens the window. */
const commands = new Set<string>([...commandNames, 'help', '--help', '-h', '--version', '-V']);

/**
 * The arguments of the command line, or undefined when a window is meant. In a package the words of the user follow the
 * program at once; in a checkout the app's folder comes first.
 */
export function commandLineArguments(argv: readonly string[], packaged: boolean): string[] | undefined {
  const words = argv
    .map((word, index) => ({ word, index }))
    .filter(({ word, index }) => index > 0 && !isChromiumSwitch(word));
  const first = packaged ? words[0] : words[1];
  return first !== undefined && commands.has(first.word) ? argv.slice(first.index) : undefined;
}

/**
 * How others start the command line. A package is called by its own name, an AppImage by its file's; on Linux without a screen, which the
 * scheduler has none of. In a checkout it is the built command line with the Node of the packages. `entries` is the folder of main's built
 * entry files.
 */
export function commandLineProgram(packaged: boolean, entries: string): readonly [string, ...string[]] {
  if (packaged) {
    const program = process.env.APPIMAGE || process.execPath;
    return process.platform === 'linux' ? [program, '--ozone-platform=headless'] : [program];
  }
  const node = process.platform === 'win32' ? 'node.exe' : 'node';
  return [path.resolve(entries, '../../node_modules/node/bin', node), path.join(entries, 'cli.js')];
}

/** Switches that come before a command, e.g. `--no-sandbox`. `--help` and `--version` are ours. */
function isChromiumSwitch(argument: string): boolean {
  return argument.startsWith('--') && !commands.has(argument);
}
