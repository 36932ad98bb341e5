import { Button } from '@mantine/core';
import { useCallback } from 'react';
import type { Prompt, PromptAnswer } from '../../contract/prompt.ts';
import { CopyButton } from '../components/CopyButton.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { Snippet } from '../components/Snippet.tsx';
import { useAction } from '../store/useAction.ts';
import { words } from '../words.ts';
import classes from './Prompt.module.css';

/** A host that was never met: its fingerprint, how to compare it, and the decision. Refusing has the focus. */
export function HostKeyPrompt({
  prompt,
  onAnswer,
}: {
  prompt: Extract<Prompt, { kind: 'host-key' }>;
  onAnswer(answer: PromptAnswer): Promise<void>;
}) {
  const reply = useAction(useCallback((kind: 'accept' | 'refuse') => onAnswer({ kind }), [onAnswer]));
  const command = 'for f in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf "$f"; done';
  return (
    <div className={classes.form}>
      <p>{words('screen.prompt.host-key.text', { host: prompt.host, port: prompt.port })}</p>
      <p className={classes.fingerprint}>
        {prompt.algorithm}
        <br />
        {prompt.fingerprint}
      </p>
      <p className={classes.text}>{words('screen.prompt.host-key.compare')}</p>
      <Snippet text={command} label={words('screen.prompt.host-key.command')} />
      <div>
        <CopyButton text={command} subtle />
      </div>
      {reply.failure !== undefined && <FailureView failure={reply.failure} />}
      <div className={classes.actions}>
        <Button data-autofocus onClick={() => void reply.run('refuse')}>
          {words('screen.prompt.host-key.refuse')}
        </Button>
        <Button variant="filled" loading={reply.pending} onClick={() => void reply.run('accept')}>
          {words('screen.prompt.host-key.accept')}
        </Button>
      </div>
    </div>
  );
}
