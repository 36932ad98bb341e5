import { IconAlertTriangle, IconCheck, IconInfoCircle, IconLoader2, IconMinus, IconX } from '@tabler/icons-react';
import classes from './StatusMark.module.css';

export type Tone = 'ok' | 'warn' | 'bad' | 'info' | 'quiet' | 'busy';

const icons = {
  ok: IconCheck,
  warn: IconAlertTriangle,
  bad: IconX,
  info: IconInfoCircle,
  quiet: IconMinus,
  busy: IconLoader2,
} as const;

/** The icon of a state: its shape tells the state as well as its colour does. */
export function StatusIcon({ tone, size = 18 }: { tone: Tone; size?: number }) {
  const Icon = icons[tone];
  const className = tone === 'busy' ? `${classes.quiet} ${classes.spin}` : classes[tone];
  return <Icon size={size} stroke={1.9} className={className} aria-hidden />;
}

/** A state in icon, word and colour. */
export function StatusMark({ tone, children }: { tone: Tone; children: string }) {
  return (
    <span className={`${classes.mark} ${classes[tone === 'busy' ? 'quiet' : tone]}`}>
      <StatusIcon tone={tone} size={16} />
      {children}
    </span>
  );
}

/** A word on a soft ground, in tables and beside names. */
export function Tag({ tone, children }: { tone: Exclude<Tone, 'busy'>; children: string }) {
  return <span className={`${classes.mark} ${classes.tag} ${classes[tone]}`}>{children}</span>;
}
