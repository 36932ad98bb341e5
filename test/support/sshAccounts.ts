import { createHmac, randomBytes } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { mustRun } from './processes.ts';

/** Somebody who may log in. */
export interface SshUserOptions {
  readonly name: string;
  /** A random one unless told. */
  readonly password?: string;
  /** Lines of authorized_keys. */
  readonly keys?: readonly string[];
  /** Groups of this machine that the user is in, such as `docker`. */
  readonly groups?: readonly string[];
  readonly shell?: string;
  /** May become root through sudo; nobody may unless told. */
  readonly sudo?: 'with password' | 'without password';
}

/** Somebody who can log in at a started sshd. */
export interface SshUser {
  readonly name: string;
  readonly password: string;
  readonly home: string;
  /** The next one-time password (RFC 4226, 6 digits); each call gives another. */
  nextOneTimePassword(): string;
}

/** Files that replace the machine's own for one sshd: target path to the file that takes its place. */
export type Replacements = Readonly<Record<string, string>>;

/** Whether accounts, passwords and one-time passwords can be had: only root may make up users. */
export const accountsCanBeMade = process.getuid?.() === 0;

// Ids that nobody on a Debian system has: above adduser's range (59999), below what is reserved (65533).
const firstUserId = 61_000;

/**
 * Makes up users for one sshd without touching the machine's: copies of the account files with the users added, which
 * are shown to that sshd in place of the machine's own. Where this process is not root the only user is whoever runs it.
 */
export async function makeAccounts(
  folder: string,
  wanted: readonly SshUserOptions[],
  factors: 'password' | 'password and code',
): Promise<{ users: SshUser[]; replacements: Replacements }> {
  const keysFolder = join(folder, 'keys');
  mkdirSync(keysFolder);
  if (!accountsCanBeMade) {
    const own = userInfo();
    writeFileSync(join(keysFolder, own.username), wanted.flatMap(({ keys }) => keys ?? []).join('\n'));
    const nextOneTimePassword = () => {
      throw new Error('one-time passwords can be tested as root only');
    };
    return { users: [{ name: own.username, password: '', home: own.homedir, nextOneTimePassword }], replacements: {} };
  }

  const etc = join(folder, 'etc');
  mkdirSync(etc);
  let passwd = readFileSync('/etc/passwd', 'utf8');
  let shadow = readFileSync('/etc/shadow', 'utf8');
  let group = readFileSync('/etc/group', 'utf8');
  let oath = '';
  const users: SshUser[] = [];
  for (const [index, user] of wanted.entries()) {
    const password = user.password ?? randomBytes(9).toString('hex');
    const home = join(folder, 'home', user.name);
    if (user.name !== 'root') {
      const id = firstUserId + index;
      mkdirSync(home, { recursive: true });
      chownSync(home, id, id);
      const { stdout: hash } = await mustRun(['openssl', 'passwd', '-6', '-stdin'], { input: `${password}\n` });
      passwd += `${user.name}:x:${id}:${id}::${home}:${user.shell ?? '/bin/sh'}\n`;
      shadow += `${user.name}:${hash.trim()}:19000:0:99999:7:::\n`;
      group += `${user.name}:x:${id}:\n`;
    }
    for (const name of user.groups ?? []) {
      group = group.replace(new RegExp(`^(${name}:.*:)(.*)$`, 'm'), (_, start: string, members: string) => {
        return `${start}${[...members.split(','), user.name].filter(Boolean).join(',')}`;
      });
    }
    writeFileSync(join(keysFolder, user.name), `${(user.keys ?? []).join('\n')}\n`);
    const secret = randomBytes(20);
    oath += `HOTP ${user.name} - ${secret.toString('hex')}\n`;
    users.push({ name: user.name, password, home, nextOneTimePassword: oneTimePasswords(secret) });
  }

  // pam_oath writes the counter back by making a new file beside this one.
  const oathFile = join(etc, 'oath');
  const pam = [
    'auth required pam_unix.so nodelay',
    ...(factors === 'password and code' ? [`auth required pam_oath.so usersfile=${oathFile} window=20 digits=6`] : []),
    'account required pam_unix.so',
    'session required pam_permit.so',
  ];
  const sudoers = wanted.filter(({ sudo }) => sudo !== undefined);
  const files = { passwd, shadow, group, oath, pam: `${pam.join('\n')}\n`, sudoers: sudoRules(sudoers) };
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(etc, name), text);
    chmodSync(join(etc, name), modes[name] ?? 0o644);
  }
  return {
    users,
    replacements: {
      '/etc/passwd': join(etc, 'passwd'),
      '/etc/shadow': join(etc, 'shadow'),
      '/etc/group': join(etc, 'group'),
      '/etc/pam.d/sshd': join(etc, 'pam'),
      ...(sudoers.length > 0 ? { '/etc/sudoers': join(etc, 'sudoers') } : {}),
    },
  };
}

/** What others than root must not read; sudo insists on its own. */
const modes: Readonly<Record<string, number>> = { shadow: 0o600, oath: 0o600, sudoers: 0o440 };

function sudoRules(users: readonly SshUserOptions[]): string {
  const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  const rules = users.map(
    ({ name, sudo }) => `${name} ALL=(ALL:ALL) ${sudo === 'without password' ? 'NOPASSWD: ' : ''}ALL`,
  );
  return `${['Defaults env_reset', `Defaults secure_path="${path}"`, ...rules].join('\n')}\n`;
}

/** RFC 4226: a counter, signed, cut to six digits. */
function oneTimePasswords(secret: Buffer): () => string {
  let counter = 0n;
  return () => {
    const message = Buffer.alloc(8);
    message.writeBigUInt64BE(counter);
    counter += 1n;
    const digest = createHmac('sha1', secret).update(message).digest();
    const offset = (digest.at(-1) ?? 0) & 0xf;
    return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
  };
}
