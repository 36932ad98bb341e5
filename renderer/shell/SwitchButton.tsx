import { IconChevronDown } from '@tabler/icons-react';
import type { ComponentProps } from 'react';
import { Logo } from '../components/Logo.tsx';
import { selectedInstance } from '../store/instances.ts';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';
import { instanceLine } from './instanceLine.ts';
import classes from './Shell.module.css';

/** Which instance the screens are about: name, and what it is. */
export function SwitchButton(props: ComponentProps<'button'>) {
  const selected = useStore(selectedInstance);
  return (
    <button
      aria-haspopup="menu"
      aria-expanded={false}
      aria-label={
        selected === undefined ? words('screen.rail.switch-none') : words('screen.rail.switch', { name: selected.name })
      }
      {...props}
      type="button"
      className={classes.switch}
    >
      <span className={classes.logo}>
        <Logo />
      </span>
      <span className={classes.names}>
        <strong>{selected?.name ?? words('screen.rail.no-instance')}</strong>
        <small>{selected === undefined ? words('app.name') : instanceLine(selected)}</small>
      </span>
      <IconChevronDown size={16} aria-hidden />
    </button>
  );
}
