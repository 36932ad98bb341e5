import { NativeSelect, TextInput } from '@mantine/core';
import { hostPresets } from '../../contract/hostPreset.ts';
import type { ServerDraft } from '../../contract/instance.ts';
import type { HostFinding } from '../../contract/serverSettings.ts';
import { Panel } from '../components/Panel.tsx';
import { words } from '../words.ts';
import classes from './Setup.module.css';
import type { ServerErrors } from './serverDraft.ts';

export type ServerFieldsProps = {
  values: ServerDraft;
  errors: ServerErrors;
  findings: readonly HostFinding[];
  change(part: Partial<ServerDraft>): void;
};

/** What kind of computer it is, and which version of the server. */
export function ServerHostFields({
  values,
  errors,
  change,
  onPreset,
}: ServerFieldsProps & { onPreset(preset: ServerDraft['preset']): void }) {
  const { name, tag } = imageParts(values.image);
  return (
    <Panel title={words('screen.server-form.host')}>
      <div className={classes.halves}>
        <NativeSelect
          label={words('screen.server-form.preset')}
          description={words('screen.server-form.preset-text')}
          value={values.preset}
          data={hostPresets.map((value) => ({ value, label: words(`screen.server-form.preset.${value}`) }))}
          onChange={(event) => {
            const chosen = hostPresets.find((one) => one === event.currentTarget.value);
            if (chosen !== undefined) onPreset(chosen);
          }}
        />
        <TextInput
          label={words('screen.server-form.tag')}
          description={words('screen.server-form.tag-text')}
          value={tag}
          error={errors.image && words(errors.image)}
          onChange={(event) => change({ image: `${name}:${event.currentTarget.value}` })}
          spellCheck={false}
          autoComplete="off"
        />
      </div>
    </Panel>
  );
}

/** The image's name and its tag. A colon before a slash belongs to the registry's port. */
export function imageParts(image: string): { name: string; tag: string } {
  const at = image.lastIndexOf(':');
  if (at <= image.lastIndexOf('/')) return { name: image, tag: '' };
  return { name: image.slice(0, at), tag: image.slice(at + 1) };
}
