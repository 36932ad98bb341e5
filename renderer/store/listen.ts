import type { Bridge } from '../../contract/bridge.ts';
import type { Store } from './store.ts';

/** Lets main's events change the store. Subscribes before anything is asked, so that nothing is missed. */
export function listen(bridge: Bridge, store: { getState(): Store; setState(change: Partial<Store>): void }): void {
  const now = () => store.getState();
  bridge.on('operation.changed', (operation) => now().operationChanged(operation));
  bridge.on('operation.logged', ({ id, lines }) => now().operationLogged(id, lines));
  bridge.on('check.result', (event) => now().checkResult(event));
  bridge.on('check.report', (event) => now().checkReport(event));
  bridge.on('connection.report', (event) => now().connectionReport(event));
  bridge.on('install.pull', (event) => now().installPull(event));
  bridge.on('install.log', (event) => now().installLog(event));
  bridge.on('reach.report', (event) => now().reachReport(event));
  bridge.on('migration.report', (event) => now().migrationReport(event));
  bridge.on('rehearsal.report', (event) => now().rehearsalReport(event));
  bridge.on('ssh.report', ({ sshHostId, report }) => now().sshReport(sshHostId, report));
  bridge.on('instances.changed', ({ instances, selected }) => store.setState({ instances, selectedId: selected }));
  bridge.on('prompt.asked', (prompt) => now().promptAsked(prompt));
  bridge.on('prompt.withdrawn', ({ id }) => now().promptWithdrawn(id));
  bridge.on('secret.not-kept', (event) => now().secretNotKept(event));
  bridge.on('route.changed', (event) => now().routeChanged(event));
  bridge.on('theme.changed', ({ dark }) => store.setState({ dark }));
  // The colours follow Chromium's own idea of the theme; the component library has to agree with it at any moment.
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', ({ matches }) =>
    store.setState({ dark: matches }),
  );
}
