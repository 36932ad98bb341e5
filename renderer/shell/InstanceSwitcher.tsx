import { lazy, Suspense, useState } from 'react';
import { SwitchButton } from './SwitchButton.tsx';

const loadMenu = () => import('./InstanceMenu.tsx');
const InstanceMenu = lazy(async () => ({ default: (await loadMenu()).InstanceMenu }));

/** Which instance the screens are about, and the way to another one. The menu loads when somebody comes near it. */
export function InstanceSwitcher() {
  const [asked, setAsked] = useState(false);
  const button = (
    <SwitchButton
      onPointerEnter={() => void loadMenu()}
      onFocus={() => void loadMenu()}
      onClick={() => setAsked(true)}
    />
  );
  return asked ? (
    <Suspense fallback={button}>
      <InstanceMenu />
    </Suspense>
  ) : (
    button
  );
}
