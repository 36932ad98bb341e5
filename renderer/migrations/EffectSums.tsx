import { useMemo } from 'react';
import type { MigrationPreview } from '../../contract/migration.ts';
import { StatusIcon } from '../components/StatusMark.tsx';
import { words } from '../words.ts';
import { effectSums } from './effectSums.ts';
import classes from './Migrations.module.css';
import { effectTones, isMissing, needLine, warningSum } from './previewWords.ts';

const shown = 4;

/** What all the files together come to, the worst first, in numbers. */
export function EffectSums({ files }: { files: readonly MigrationPreview[] }) {
  const sums = useMemo(() => effectSums(files), [files]);
  const missing = useMemo(
    () => [
      ...new Set(
        files.flatMap(({ statements }) => statements.flatMap(({ needs }) => needs.filter(isMissing).map(needLine))),
      ),
    ],
    [files],
  );
  const broken = files.filter(({ problem }) => problem !== undefined).length;
  return (
    <ul aria-label={words('screen.migrations.preview.sums')} className={classes.sums}>
      {broken > 0 && (
        <li className={classes.sum}>
          <StatusIcon tone="bad" />
          <strong>{words('screen.migrations.sum.broken', { count: broken })}</strong>
        </li>
      )}
      {missing.length > 0 && (
        <li className={classes.sum}>
          <StatusIcon tone="bad" />
          <strong>{words('screen.migrations.sum.missing')}</strong>
          <ul className={classes.sumLines}>
            {missing.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </li>
      )}
      {sums.map(({ effect, statements, files: inFiles, worst }) => (
        <li key={effect} className={classes.sum} data-effect={effect}>
          <StatusIcon tone={effectTones[effect]} />
          <strong>{words(`screen.migrations.effect.${effect}`)}</strong>
          <span className={classes.sumCount}>
            {words('screen.migrations.sum.count', { statements, files: inFiles })}
          </span>
          {effect !== 'harmless' && worst.length > 0 && (
            <ul className={classes.sumLines}>
              {worst.slice(0, shown).map((warning) => {
                const line = warningSum(warning);
                return <li key={line}>{line}</li>;
              })}
              {worst.length > shown && <li>{words('screen.migrations.sum.more', { count: worst.length - shown })}</li>}
            </ul>
          )}
        </li>
      ))}
    </ul>
  );
}
