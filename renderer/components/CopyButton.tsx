import { Button } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { ask } from '../api.ts';
import { words } from '../words.ts';

/** Puts a text on the clipboard, and says so for a moment. */
export function CopyButton({ text, label, subtle = false }: { text: string; label?: string; subtle?: boolean }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <Button
      variant={subtle ? 'subtle' : 'default'}
      size={subtle ? 'compact-sm' : 'sm'}
      leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
      onClick={() => void ask('app.copy', { text }).then(() => setCopied(true))}
    >
      <span aria-live="polite">{copied ? words('screen.copied') : (label ?? words('screen.copy'))}</span>
    </Button>
  );
}
