import { lazy, Suspense, useEffect, useRef } from 'react';
import { Redirect, Route, Switch, useLocation } from 'wouter';
import { FailureView } from '../components/ProblemView.tsx';
import { StatusIcon } from '../components/StatusMark.tsx';
import surface from '../components/surface.module.css';
import { useStore } from '../store/store.ts';
import { WelcomePage } from '../welcome/WelcomePage.tsx';
import { words } from '../words.ts';
import { Commands } from './Commands.tsx';
import { isFirstPlace, places } from './places.ts';
import { Rail } from './Rail.tsx';
import { RouteStrip } from './RouteStrip.tsx';
import { ScreenBoundary } from './ScreenBoundary.tsx';
import classes from './Shell.module.css';

const NotKeptStrip = lazy(async () => ({ default: (await import('./NotKeptStrip.tsx')).NotKeptStrip }));
const PromptHost = lazy(async () => ({ default: (await import('../prompts/PromptHost.tsx')).PromptHost }));
const ImportPage = lazy(async () => ({ default: (await import('../welcome/ImportPage.tsx')).ImportPage }));
const SetupPage = lazy(async () => ({ default: (await import('../setup/SetupPage.tsx')).SetupPage }));
const OverviewPage = lazy(async () => ({ default: (await import('../overview/OverviewPage.tsx')).OverviewPage }));
const DatabasePage = lazy(async () => ({ default: (await import('../database/DatabasePage.tsx')).DatabasePage }));
const ServerPage = lazy(async () => ({ default: (await import('../server/ServerPage.tsx')).ServerPage }));
const MigrationsPage = lazy(async () => ({
  default: (await import('../migrations/MigrationsPage.tsx')).MigrationsPage,
}));
const BackupsPage = lazy(async () => ({ default: (await import('../backups/BackupsPage.tsx')).BackupsPage }));
const ActivityPage = lazy(async () => ({ default: (await import('../activity/ActivityPage.tsx')).ActivityPage }));
const SettingsPage = lazy(async () => ({ default: (await import('../settings/SettingsPage.tsx')).SettingsPage }));

/** The window: rail, one page at a time, questions of main on top. */
export function Shell() {
  const [place] = useLocation();
  const main = useRef<HTMLElement>(null);
  const notKept = useStore((state) => state.notKept.length > 0);
  const asked = useStore((state) => state.prompts.length > 0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new place starts at its top.
  useEffect(() => {
    // The first place is there already, and scrolling would lay the page out before it is complete.
    if (isFirstPlace()) return;
    main.current?.scrollTo(0, 0);
  }, [place]);
  return (
    <div className={classes.window}>
      <button type="button" className={classes.skip} onClick={() => main.current?.focus()}>
        {words('screen.skip')}
      </button>
      <Rail />
      <main className={classes.main} ref={main} tabIndex={-1} id="main">
        <div className={classes.page}>
          <RouteStrip />
          {notKept && (
            <Suspense fallback={null}>
              <NotKeptStrip />
            </Suspense>
          )}
          <ScreenBoundary key={place}>
            <Suspense fallback={<Loading />}>
              <Page />
            </Suspense>
          </ScreenBoundary>
        </div>
      </main>
      {asked && (
        <Suspense fallback={null}>
          <PromptHost />
        </Suspense>
      )}
      <Commands />
    </div>
  );
}

function Page() {
  const boot = useStore((state) => state.boot);
  const hasInstance = useStore((state) => state.instances.length > 0);
  if (boot.state === 'loading') return <Loading />;
  if (boot.state === 'failed') {
    return (
      <div className={`${surface.panel} ${surface.padded}`}>
        <FailureView failure={boot.failure} />
      </div>
    );
  }
  return (
    <Switch>
      <Route path={places.welcome} component={WelcomePage} />
      <Route path={places.imports} component={ImportPage} />
      <Route path={places.existing}>
        <SetupPage existing />
      </Route>
      <Route path="/setup/:instanceId?/:step?">
        {(params) => <SetupPage instanceId={params.instanceId} step={params.step} />}
      </Route>
      <Route path={places.overview}>{hasInstance ? <OverviewPage /> : <Redirect to={places.welcome} replace />}</Route>
      <Route path={places.database}>{hasInstance ? <DatabasePage /> : <Redirect to={places.welcome} replace />}</Route>
      <Route path={places.server} component={ServerPage} />
      <Route path={places.migrations}>
        {hasInstance ? <MigrationsPage /> : <Redirect to={places.welcome} replace />}
      </Route>
      <Route path="/backups/:backupId?">
        {(params) =>
          hasInstance ? <BackupsPage backupId={params.backupId} /> : <Redirect to={places.welcome} replace />
        }
      </Route>
      <Route path="/activity/:operationId?">{(params) => <ActivityPage operationId={params.operationId} />}</Route>
      <Route path="/settings/:section?">{(params) => <SettingsPage section={params.section} />}</Route>
      <Route>
        <Redirect to={hasInstance ? places.overview : places.welcome} replace />
      </Route>
    </Switch>
  );
}

function Loading() {
  return (
    <div className={classes.loading}>
      <span role="status" aria-label={words('screen.loading')}>
        <StatusIcon tone="busy" size={22} />
      </span>
    </div>
  );
}
