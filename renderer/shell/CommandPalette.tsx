import { Modal, VisuallyHidden } from '@mantine/core';
import { type KeyboardEvent, useId, useState } from 'react';
import { words } from '../words.ts';
import classes from './CommandPalette.module.css';
import { matchActions } from './matchActions.ts';
import { usePaletteActions } from './usePaletteActions.ts';

/** Everything that can be done from anywhere, found by typing. */
export function CommandPalette({ onClose }: { onClose(): void }) {
  const id = useId();
  const actions = usePaletteActions();
  const [query, setQuery] = useState('');
  const [index, setIndex] = useState(0);
  const found = matchActions(actions, query);
  const chosen = Math.min(index, Math.max(0, found.length - 1));

  const move = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setIndex(found.length === 0 ? 0 : (chosen + 1) % found.length);
    else if (event.key === 'ArrowUp') setIndex(found.length === 0 ? 0 : (chosen - 1 + found.length) % found.length);
    else if (event.key === 'Enter') {
      const action = found[chosen];
      onClose();
      action?.run();
    } else return;
    event.preventDefault();
  };

  return (
    <Modal.Root
      opened
      onClose={onClose}
      lockScroll={false}
      yOffset="14vh"
      size={560}
      transitionProps={{ duration: 90 }}
      centered={false}
    >
      <Modal.Overlay backgroundOpacity={0.35} />
      <Modal.Content aria-label={words('screen.palette.title')} radius="lg">
        <VisuallyHidden>
          <label htmlFor={`${id}-search`}>{words('screen.palette.search')}</label>
        </VisuallyHidden>
        <input
          id={`${id}-search`}
          className={classes.search}
          // biome-ignore lint/a11y/noAutofocus: the palette is opened to be typed into.
          autoFocus
          data-autofocus
          value={query}
          placeholder={words('screen.palette.search')}
          role="combobox"
          aria-expanded
          aria-controls={`${id}-list`}
          aria-activedescendant={found[chosen] === undefined ? undefined : `${id}-${chosen}`}
          onChange={(event) => {
            setQuery(event.currentTarget.value);
            setIndex(0);
          }}
          onKeyDown={move}
          spellCheck={false}
        />
        <div className={classes.list} role="listbox" id={`${id}-list`} aria-label={words('screen.palette.title')}>
          {found.map((action, at) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the search field's.
            <div
              key={action.id}
              id={`${id}-${at}`}
              role="option"
              tabIndex={-1}
              aria-selected={at === chosen}
              className={classes.item}
              onMouseMove={() => setIndex(at)}
              onClick={() => {
                onClose();
                action.run();
              }}
            >
              <action.icon size={17} stroke={1.75} />
              {action.name}
              {action.hint !== undefined && <small>{action.hint}</small>}
            </div>
          ))}
        </div>
        {found.length === 0 && (
          <p className={classes.none} role="status">
            {words('screen.palette.none')}
          </p>
        )}
      </Modal.Content>
    </Modal.Root>
  );
}
