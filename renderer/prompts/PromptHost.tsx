import { Modal } from '@mantine/core';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';
import { AnswersPrompt } from './AnswersPrompt.tsx';
import { HostKeyPrompt } from './HostKeyPrompt.tsx';
import { promptFields } from './promptFields.ts';

/** The oldest question of main that waits. Closing it refuses: whatever asked ends with a clear message. */
export function PromptHost() {
  const prompt = useStore((state) => state.prompts[0]);
  const waiting = useStore((state) => state.prompts.length - 1);
  const answer = useStore((state) => state.answerPrompt);
  if (prompt === undefined) return null;
  const refuse = () => void answer(prompt.id, { kind: 'refuse' });
  const title = prompt.kind === 'host-key' ? words('screen.prompt.host-key.title') : promptFields(prompt).title;
  return (
    <Modal
      key={prompt.id}
      opened
      onClose={refuse}
      title={title}
      size={prompt.kind === 'host-key' ? 580 : 'md'}
      closeOnClickOutside={false}
    >
      {prompt.kind === 'host-key' ? (
        <HostKeyPrompt prompt={prompt} onAnswer={(reply) => answer(prompt.id, reply)} />
      ) : (
        <AnswersPrompt prompt={prompt} onAnswer={(reply) => answer(prompt.id, reply)} />
      )}
      {waiting > 0 && <p>{words('screen.prompt.waiting', { count: waiting })}</p>}
    </Modal>
  );
}
