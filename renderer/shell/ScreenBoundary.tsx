import { Button } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { FailureView } from '../components/ProblemView.tsx';
import surface from '../components/surface.module.css';
import { words } from '../words.ts';

/** An error in one screen stays in that screen: the rail goes on working. */
export class ScreenBoundary extends Component<{ children: ReactNode }, { message?: string }> {
  override state: { message?: string } = {};

  static getDerivedStateFromError(error: unknown): { message: string } {
    return { message: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    if (this.state.message === undefined) return this.props.children;
    return (
      <div className={`${surface.panel} ${surface.padded}`}>
        <FailureView
          failure={{ kind: 'unexpected', reference: this.state.message }}
          actions={<Button onClick={() => this.setState({ message: undefined })}>{words('screen.open-again')}</Button>}
        />
      </div>
    );
  }
}
