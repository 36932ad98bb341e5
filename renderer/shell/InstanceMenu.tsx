import { Menu } from '@mantine/core';
import { IconCheck, IconPlus } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { selectedInstance } from '../store/instances.ts';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';
import { places } from './places.ts';
import classes from './Shell.module.css';
import { SwitchButton } from './SwitchButton.tsx';

/** The switch button with its menu: the instances, and the way to one more. Opens at once, because it was asked for. */
export function InstanceMenu() {
  const instances = useStore((state) => state.instances);
  const selected = useStore(selectedInstance);
  const select = useStore((state) => state.selectInstance);
  const [, go] = useLocation();
  const [opened, setOpened] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // The button that was pressed has given way to this one; the menu hands the focus back to where it was.
    button.current?.focus();
    setOpened(true);
  }, []);
  return (
    // Inside the navigation, so that it belongs to a landmark.
    <Menu opened={opened} onChange={setOpened} position="bottom-start" width="target" withinPortal={false}>
      <Menu.Target>
        <SwitchButton ref={button} />
      </Menu.Target>
      <Menu.Dropdown aria-label={words('screen.rail.instances')}>
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
