import { Button, Checkbox, PasswordInput, TextInput } from '@mantine/core';
import { useCallback, useEffect, useState } from 'react';
import type { PromptAnswer } from '../../contract/prompt.ts';
import { FailureView } from '../components/ProblemView.tsx';
import { StatusMark } from '../components/StatusMark.tsx';
import { useStore } from '../store/store.ts';
import { useAction } from '../store/useAction.ts';
import { words } from '../words.ts';
import classes from './Prompt.module.css';
import { type AnswersPromptKind, promptFields } from './promptFields.ts';

/** A password, a passphrase, or the questions of the server's second factor. */
export function AnswersPrompt({
  prompt,
  onAnswer,
}: {
  prompt: AnswersPromptKind;
  onAnswer(answer: PromptAnswer): Promise<void>;
}) {
  const { text, retry, mayRemember, fields } = promptFields(prompt);
  const [answers, setAnswers] = useState(() => fields.map(() => ''));
  const [remember, setRemember] = useState(false);
  const keychain = useStore((state) => state.keychain);
  const loadKeychain = useStore((state) => state.loadKeychain);
  const reply = useAction(useCallback((answer: PromptAnswer) => onAnswer(answer), [onAnswer]));
  useEffect(() => {
    if (keychain === undefined) void loadKeychain().catch(() => undefined);
  }, [keychain, loadKeychain]);

  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        void reply.run({ kind: 'answers', answers, remember });
      }}
    >
      <p>{text}</p>
      {retry && <StatusMark tone="bad">{words('screen.prompt.retry')}</StatusMark>}
      {fields.map((field, index) => {
        const Field = field.secret ? PasswordInput : TextInput;
        return (
          <Field
            // biome-ignore lint/suspicious/noArrayIndexKey: the questions of one prompt never change places.
            key={index}
            label={field.label}
            value={answers[index] ?? ''}
            autoComplete="off"
            spellCheck={false}
            {...(index === 0 ? { 'data-autofocus': true } : {})}
            onChange={(event) => {
              const { value } = event.currentTarget;
              setAnswers((before) => before.map((one, at) => (at === index ? value : one)));
            }}
          />
        );
      })}
      {mayRemember && (
        <Checkbox
          checked={remember}
          disabled={keychain?.available !== true}
          label={words(keychain?.available === false ? 'screen.prompt.remember-unavailable' : 'screen.prompt.remember')}
          onChange={(event) => setRemember(event.currentTarget.checked)}
        />
      )}
      {reply.failure !== undefined && <FailureView failure={reply.failure} />}
      <div className={classes.actions}>
        <Button onClick={() => void reply.run({ kind: 'refuse' })}>{words('screen.cancel')}</Button>
        <Button type="submit" variant="filled" loading={reply.pending}>
          {words('screen.prompt.send')}
        </Button>
      </div>
    </form>
  );
}
