import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useCallback, useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { say } from '../../contract/copy/text.ts';
import type { ImportCandidate } from '../../contract/imports.ts';
import { ask } from '../api.ts';
import { KeyValue } from '../components/KeyValue.tsx';
import { Panel } from '../components/Panel.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { Tag } from '../components/StatusMark.tsx';
import classes from '../setup/Setup.module.css';
import { setupPlace } from '../shell/places.ts';
import { useStore } from '../store/store.ts';
import { useAction } from '../store/useAction.ts';
import { words } from '../words.ts';

/** The connections that a file holds; each can become an instance. */
export function ImportCandidates({ from, candidates }: { from: string; candidates: readonly ImportCandidate[] }) {
  return (
    <Panel
      title={words('screen.import.found', { count: candidates.length })}
      sub={candidates.length === 0 ? words('screen.import.nothing') : from}
    >
      <div className={classes.body}>
        {candidates.map((candidate) => (
          <Candidate key={candidate.id} candidate={candidate} />
        ))}
      </div>
    </Panel>
  );
}

function Candidate({ candidate }: { candidate: ImportCandidate }) {
  const [, go] = useLocation();
  const [name, setName] = useState(candidate.suggestedName);
  const keychain = useStore((state) => state.keychain);
  const loadKeychain = useStore((state) => state.loadKeychain);
  const [place, setPlace] = useState<'keychain' | 'session'>('keychain');
  useEffect(() => {
    void loadKeychain().catch(() => undefined);
  }, [loadKeychain]);
  const keepIn = keychain?.available === false ? 'session' : place;
  const accept = useAction(
    useCallback(async () => {
      const { loadInstances, selectInstance } = useStore.getState();
      const instance = await ask('imports.accept', { candidateId: candidate.id, name: name.trim(), place: keepIn });
      await loadInstances();
      await selectInstance(instance.id);
      go(setupPlace(instance.id, 'connection'));
    }, [candidate.id, name, keepIn, go]),
  );
  const { settings } = candidate;
  return (
    <form
      className={classes.group}
      onSubmit={(event) => {
        event.preventDefault();
        void accept.run();
      }}
    >
      <KeyValue
        rows={[
          [words('screen.import.source'), candidate.source],
          [words('screen.form.host'), settings.hosts.map(({ host, port }) => `${host}:${port}`).join(', ')],
          [words('screen.form.database'), settings.database],
          [words('screen.form.user'), settings.user],
          [words('screen.tls.title'), words(`screen.tls.${settings.tls.mode}`)],
          [
            words('screen.password.title'),
            <Tag key="password" tone={candidate.hasPassword ? 'ok' : 'quiet'}>
              {words(candidate.hasPassword ? 'screen.import.with-password' : 'screen.import.without-password')}
            </Tag>,
          ],
        ]}
      />
      {candidate.notes.map((note) => (
        <p key={say(note)} className={classes.hint}>
          {say(note)}
        </p>
      ))}
      <div className={classes.halves}>
        <TextInput
          label={words('screen.form.name')}
          value={name}
          required
          withAsterisk={false}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        {candidate.hasPassword && keychain?.available !== false && (
          <NativeSelect
            label={words('screen.password.where')}
            value={place}
            data={[
              { value: 'keychain', label: words('screen.password.keychain') },
              { value: 'session', label: words('screen.password.session') },
            ]}
            onChange={(event) => setPlace(event.currentTarget.value === 'session' ? 'session' : 'keychain')}
          />
        )}
      </div>
      {accept.failure !== undefined && <FailureView failure={accept.failure} />}
      <div>
        <Button type="submit" variant="filled" loading={accept.pending} disabled={name.trim() === ''}>
          {words('screen.import.use')}
        </Button>
      </div>
    </form>
  );
}
