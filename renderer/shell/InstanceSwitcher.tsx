import { Menu } from '@mantine/core';
import { IconCheck, IconChevronDown, IconPlus } from '@tabler/icons-react';
import { useLocation } from 'wouter';
import type { InstanceView } from '../../contract/instance.ts';
import { Logo } from '../components/Logo.tsx';
import { selectedInstance } from '../store/instances.ts';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';
import { places } from './places.ts';
import classes from './Shell.module.css';

/** Which instance the screens are about, and the way to another one. */
export function InstanceSwitcher() {
  const instances = useStore((state) => state.instances);
  const selected = useStore(selectedInstance);
  const select = useStore((state) => state.selectInstance);
  const [, go] = useLocation();
  return (
    <Menu position="bottom-start" width={250}>
      <Menu.Target>
        <button type="button" className={classes.switch} aria-label={switchLabel(selected)}>
          <span className={classes.logo}>
            <Logo />
          </span>
          <span className={classes.names}>
            <strong>{selected?.name ?? words('screen.rail.no-instance')}</strong>
            <small>{selected === undefined ? words('app.name') : instanceLine(selected)}</small>
          </span>
          <IconChevronDown size={16} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {instances.length > 0 && <Menu.Label>{words('screen.rail.instances')}</Menu.Label>}
        {instances.map((instance) => (
          <Menu.Item
            key={instance.id}
            rightSection={instance.id === selected?.id ? <IconCheck size={16} aria-hidden /> : undefined}
            onClick={() => {
              void select(instance.id);
              go(places.overview);
            }}
          >
            <span className={classes.menuName}>{instance.name}</span>
          </Menu.Item>
        ))}
        {instances.length > 0 && <Menu.Divider />}
        <Menu.Item leftSection={<IconPlus size={16} aria-hidden />} onClick={() => go(places.welcome)}>
          {words('screen.rail.add')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function switchLabel(selected: InstanceView | undefined): string {
  return selected === undefined
    ? words('screen.rail.switch-none')
    : words('screen.rail.switch', { name: selected.name });
}

/** What an instance is, in one line below its name. */
export function instanceLine(instance: InstanceView): string {
  if (instance.kind === 'practice') return words('screen.rail.practice');
  if (instance.setup !== undefined) return words('screen.rail.unfinished');
  return instance.connection?.hosts[0]?.host ?? words('screen.rail.unfinished');
}
