import { ActionIcon, Button, NativeSelect } from '@mantine/core';
import { IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react';
import type { SshHost } from '../../contract/sshHost.ts';
import classes from '../setup/Setup.module.css';
import { words } from '../words.ts';

/** As many as the contract allows. */
const most = 8;

/** The hosts to go through, first hop first. Each host can be one hop only. */
export function JumpFields({
  jumps,
  hosts,
  onChange,
}: {
  jumps: readonly string[];
  hosts: readonly SshHost[];
  onChange(jumps: string[]): void;
}) {
  const free = hosts.filter((host) => !jumps.includes(host.id));
  return (
    <fieldset className={`${classes.choices} ${classes.group}`} aria-label={words('screen.ssh.jump')}>
      <div>
        <p className={classes.label}>{words('screen.ssh.jump')}</p>
        <p className={classes.hint}>{words(jumps.length === 0 ? 'screen.ssh.jump-text' : 'screen.ssh.jump-order')}</p>
      </div>
      {jumps.map((jump, index) => (
        <div key={jump} className={classes.end}>
          <NativeSelect
            aria-label={words('screen.ssh.jump-number', { number: index + 1 })}
            leftSection={index + 1}
            value={jump}
            data={hosts
              .filter((host) => host.id === jump || !jumps.includes(host.id))
              .map((host) => ({ value: host.id, label: host.name }))}
            onChange={(event) => onChange(jumps.with(index, event.currentTarget.value))}
          />
          <ActionIcon
            size="lg"
            disabled={index === 0}
            aria-label={words('screen.ssh.jump-up', { number: index + 1 })}
            onClick={() => onChange(jumps.toSpliced(index, 1).toSpliced(index - 1, 0, jump))}
          >
            <IconArrowUp size={17} aria-hidden />
          </ActionIcon>
          <ActionIcon
            size="lg"
            aria-label={words('screen.ssh.jump-remove', { number: index + 1 })}
            onClick={() => onChange(jumps.toSpliced(index, 1))}
          >
            <IconTrash size={17} aria-hidden />
          </ActionIcon>
        </div>
      ))}
      {free[0] !== undefined && jumps.length < most && (
        <div>
          <Button
            size="xs"
            leftSection={<IconPlus size={15} aria-hidden />}
            onClick={() => onChange([...jumps, ...free.slice(0, 1).map((host) => host.id)])}
          >
            {words(jumps.length === 0 ? 'screen.ssh.jump-first' : 'screen.ssh.jump-add')}
          </Button>
        </div>
      )}
    </fieldset>
  );
}
