import type { ServerFacts } from './facts.ts';

/** A setting as the server tells it, in its own unit. Undefined when this role may not see it or the version has none. */
export function settingOf(facts: ServerFacts, name: string): string | undefined {
  return facts.settings.find((each) => each.name === name)?.value;
}

/** A numeric setting without a unit. */
export function countOf(facts: ServerFacts, name: string): number | undefined {
  const value = settingOf(facts, name);
  return value === undefined || !/^-?\d+$/.test(value) ? undefined : Number(value);
}

const unitBytes: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1024,
  '8kB': 8 * 1024,
  '16kB': 16 * 1024,
  MB: 1024 ** 2,
  GB: 1024 ** 3,
};

/** A memory setting in bytes. */
export function bytesOf(facts: ServerFacts, name: string): number | undefined {
  const setting = facts.settings.find((each) => each.name === name);
  const factor = unitBytes[setting?.unit ?? ''];
  return setting === undefined || factor === undefined ? undefined : Number(setting.value) * factor;
}

export const megabyte = 1024 ** 2;

/** An amount as PostgreSQL writes its settings (binary units): "64 MB", "1.5 GB". */
export function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let amount = bytes;
  let index = 0;
  while (amount >= 1024 && index < units.length - 1) {
    amount /= 1024;
    index += 1;
  }
  const digits = amount >= 10 || Number.isInteger(amount) ? 0 : 1;
  return `${amount.toFixed(digits)} ${units[index]}`;
}
