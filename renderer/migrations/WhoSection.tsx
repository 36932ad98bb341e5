import type { InstanceView } from '../../contract/instance.ts';
import { CompanionSchemaPanel } from './CompanionSchemaPanel.tsx';
import classes from './Migrations.module.css';
import { OnStartPanel } from './OnStartPanel.tsx';

/** Who applies migrations, and what the app keeps in the database for itself. */
export function WhoSection({ instance }: { instance: InstanceView }) {
  return (
    <div className={classes.stack}>
      <OnStartPanel instance={instance} />
      {instance.kind !== 'practice' && <CompanionSchemaPanel instance={instance} />}
    </div>
  );
}
