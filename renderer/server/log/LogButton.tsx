import { Button } from '@mantine/core';
import type { ReactNode } from 'react';

/** A small button between the lines and their figures. */
export function LogButton({ onClick, children }: { onClick(): void; children: ReactNode }) {
  return (
    <Button size="compact-sm" onClick={onClick}>
      {children}
    </Button>
  );
}
