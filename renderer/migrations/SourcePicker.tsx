import { Button, TextInput } from '@mantine/core';
import { IconFolderOpen } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import type { InstanceView } from '../../contract/instance.ts';
import type { MigrationSource } from '../../contract/migration.ts';
import { ask } from '../api.ts';
import { Panel } from '../components/Panel.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { useDockerHost } from '../server/useDockerHost.ts';
import { migrationsOf } from '../store/migrations.ts';
import { useStore } from '../store/store.ts';
import { useAction } from '../store/useAction.ts';
import { words } from '../words.ts';
import { imageName } from './imageName.ts';
import classes from './Migrations.module.css';

const kinds = ['installed', 'image', 'folder'] as const;
type Kind = (typeof kinds)[number];

/** Where the files come from that the database is compared with: what is installed, another image on the Docker host, a folder. */
export function SourcePicker({ instance, onChosen }: { instance: InstanceView; onChosen(): void }) {
  const before = useStore((state) => migrationsOf(state, instance.id).source);
  const looking = useStore((state) => migrationsOf(state, instance.id).status.looking);
  const linked = instance.server !== undefined;
  const [kind, setKind] = useState<Kind>(before.kind === 'installed' && !linked ? 'image' : before.kind);
  const [image, setImage] = useState(before.kind === 'image' ? before.image : '');
  const [folder, setFolder] = useState(before.kind === 'folder' ? before.path : '');
  const host = useDockerHost(instance.server?.docker);
  const choose = useAction(
    useCallback(async () => {
      const path = await ask('migrations.chooseFolder');
      if (path !== null) setFolder(path);
    }, []),
  );
  const source: MigrationSource | undefined =
    kind === 'installed'
      ? { kind }
      : kind === 'image'
        ? image.trim() === ''
          ? undefined
          : { kind, image: imageName(image) }
        : folder === ''
          ? undefined
          : { kind, path: folder };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (source === undefined) return;
        void useStore.getState().chooseMigrationSource(instance.id, source).then(onChosen);
      }}
    >
      <Panel flush title={words('screen.migrations.source.title')} sub={words('screen.migrations.source.text')}>
        <fieldset className={classes.choices} aria-label={words('screen.migrations.source.title')}>
          {kinds.map((one) => (
            <div key={one} className={classes.choiceRow}>
              <label className={classes.choice}>
                <input
                  type="radio"
                  name="migration-source"
                  checked={kind === one}
                  disabled={one === 'installed' && !linked}
                  onChange={() => setKind(one)}
                />
                <strong>{words(`screen.migrations.source.${one}`)}</strong>
                <p>
                  {one === 'installed' && !linked
                    ? words('screen.migrations.source.not-linked')
                    : words(`screen.migrations.source.${one}-text`, { host })}
                </p>
              </label>
              {one === kind && one === 'image' && (
                <div className={classes.inChoice}>
                  <TextInput
                    label={words('screen.migrations.source.image-name')}
                    description={words('screen.migrations.source.image-help')}
                    value={image}
                    maxLength={512}
                    spellCheck={false}
                    classNames={{ input: classes.monoInput ?? '' }}
                    onChange={(event) => setImage(event.currentTarget.value)}
                  />
                </div>
              )}
              {one === kind && one === 'folder' && (
                <div className={`${classes.inChoice} ${classes.actions}`}>
                  <Button
                    leftSection={<IconFolderOpen size={16} aria-hidden />}
                    loading={choose.pending}
                    onClick={() => void choose.run()}
                  >
                    {words('screen.migrations.source.choose')}
                  </Button>
                  {folder !== '' && <code className={classes.path}>{folder}</code>}
                </div>
              )}
            </div>
          ))}
        </fieldset>
        <div className={`${classes.footer} ${classes.actions}`}>
          <Button type="submit" variant="filled" disabled={source === undefined} loading={looking}>
            {words('screen.migrations.source.compare')}
          </Button>
        </div>
        {choose.failure !== undefined && (
          <div className={classes.footer}>
            <FailureView failure={choose.failure} />
          </div>
        )}
      </Panel>
    </form>
  );
}
