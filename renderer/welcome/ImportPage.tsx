import { Button, Textarea } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import { useLocation } from 'wouter';
import type { ImportCandidate } from '../../contract/imports.ts';
import { ask } from '../api.ts';
import { PageHead } from '../components/PageHead.tsx';
import { Panel } from '../components/Panel.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import classes from '../setup/Setup.module.css';
import { places } from '../shell/places.ts';
import { useAction } from '../store/useAction.ts';
import { words } from '../words.ts';
import { ImportCandidates } from './ImportCandidates.tsx';

/** Takes connections out of files that exist already: a compose file, .env, .pgpass, pg_service.conf, or pasted text. */
export function ImportPage() {
  const [, go] = useLocation();
  const [found, setFound] = useState<{ from: string; candidates: ImportCandidate[] } | undefined>();
  const [pasted, setPasted] = useState('');
  const choose = useAction(
    useCallback(async () => {
      const file = await ask('imports.chooseFile');
      if (file !== null) setFound({ from: file.path, candidates: file.candidates });
    }, []),
  );
  const read = useAction(
    useCallback(async () => {
      const { candidates } = await ask('imports.text', { text: pasted, name: '' });
      setFound({ from: words('screen.import.pasted'), candidates });
    }, [pasted]),
  );
  return (
    <>
      <PageHead
        title={words('screen.import.title')}
        sub={words('screen.import.sub')}
        actions={<Button onClick={() => go(places.welcome)}>{words('screen.back')}</Button>}
      />
      <div className={classes.body}>
        <Panel title={words('screen.import.file')} sub={words('screen.import.file-text')}>
          <Button
            variant="filled"
            leftSection={<IconFileImport size={16} aria-hidden />}
            loading={choose.pending}
            onClick={() => void choose.run()}
          >
            {words('screen.choose-file')}
          </Button>
          {choose.failure !== undefined && <FailureView failure={choose.failure} />}
        </Panel>
        <Panel title={words('screen.import.paste')} sub={words('screen.import.paste-text')}>
          <form
            className={classes.group}
            onSubmit={(event) => {
              event.preventDefault();
              void read.run();
            }}
          >
            <Textarea
              aria-label={words('screen.import.paste')}
              value={pasted}
              onChange={(event) => setPasted(event.currentTarget.value)}
              autosize
              minRows={4}
              maxRows={12}
              spellCheck={false}
              styles={{ input: { fontFamily: 'var(--mono)', fontSize: 13 } }}
            />
            <div>
              <Button type="submit" disabled={pasted.trim() === ''} loading={read.pending}>
                {words('screen.import.read')}
              </Button>
            </div>
            {read.failure !== undefined && <FailureView failure={read.failure} />}
          </form>
        </Panel>
        {found !== undefined && <ImportCandidates from={found.from} candidates={found.candidates} />}
      </div>
    </>
  );
}
