import { Button, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { ask } from '../../api.ts';
import { words } from '../../words.ts';
import { lineText } from './lineText.ts';
import type { LogModel } from './logModel.ts';

/** Copies what is selected in the log, else all lines that are shown. */
export function CopyLog({ model }: { model: LogModel }) {
  const [copied, setCopied] = useState(false);
  const [selected, setSelected] = useState(false);
  useEffect(() => {
    const look = () => setSelected(selectedText() !== '');
    document.addEventListener('selectionchange', look);
    return () => document.removeEventListener('selectionchange', look);
  }, []);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    const text = selectedText();
    await ask('app.copy', { text: text === '' ? shownText(model) : text });
    setCopied(true);
  };
  return (
    <Tooltip label={words(selected ? 'screen.server.log.copy-selected' : 'screen.server.log.copy-shown')}>
      <Button
        leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
        // The selection stays while the button is pressed.
        onMouseDown={(event) => event.preventDefault()}
        onClick={() => void copy()}
      >
        <span aria-live="polite">{words(copied ? 'screen.copied' : 'screen.server.log.copy')}</span>
      </Button>
    </Tooltip>
  );
}

function selectedText(): string {
  const selection = getSelection();
  if (selection === null || selection.isCollapsed) return '';
  const inLog = selection.anchorNode?.parentElement?.closest('[data-log]');
  return inLog === null || inLog === undefined ? '' : selection.toString();
}

function shownText(model: LogModel): string {
  const lines: string[] = [];
  for (let index = 0; index < model.shown.length; index += 1) {
    const line = model.line(model.shown.at(index) ?? -1);
    if (line !== undefined) lines.push(lineText(line));
  }
  return lines.join('\n');
}
