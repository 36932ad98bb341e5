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

/** Switches that come before a command, e.g. `--no-sandbox`. `--help` and `--version` are ours. */
function isChromiumSwitch(argument: string): boolean {
  return argument.startsWith('--') && !commands.has(argument);
}
