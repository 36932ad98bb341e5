/**
 * The direction of imports, as ARCHITECTURE.md describes it:
 *
 *   renderer, preload → contract
 *   main/index.ts, ipc, cli → services, checks → (types of) adapters → the outside world
 *
 * test/layers shows for each rule that it bites.
 *
 * @type {import('dependency-cruiser').IConfiguration}
 */
module.exports = {
  forbidden: [
    {
      name: 'renderer-imports-contract-only',
      comment: 'The page knows the contract and nothing of main, preload or Node.',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: '^(main|preload|migrations|test|scripts|bench)/' },
    },
    {
      name: 'renderer-has-no-node',
      comment: 'The page is sandboxed: neither Node nor Electron exists there.',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'preload-imports-contract-only',
      comment: 'A sandboxed preload is one typed bridge without logic.',
      severity: 'error',
      from: { path: '^preload/' },
      to: { pathNot: ['^preload/', '^contract/', '^electron$', '^node_modules/electron/'] },
    },
    {
      name: 'contract-stands-alone',
      comment: 'Both sides import the contract, so it may pull in nothing but its schemas.',
      severity: 'error',
      from: { path: '^contract/' },
      to: { pathNot: ['^contract/', '^node_modules/zod/', '^node_modules/intl-messageformat/'] },
    },
    {
      name: 'messages-formatted-in-copy-only',
      severity: 'error',
      from: { path: '^contract/', pathNot: '^contract/copy/' },
      to: { path: '^node_modules/intl-messageformat/' },
    },
    {
      name: 'electron-only-in-the-shell',
      comment: 'Services, adapters, checks and the command line run in plain Node as well.',
      severity: 'error',
      from: {
        path: '^(main|preload|contract|renderer)/',
        pathNot: ['^main/(index|menu)\\.ts$', '^main/window[^/]*\\.ts$', '^main/(ipc|shell)/', '^preload/'],
      },
      to: { path: ['^electron$', '^electron/', '^node_modules/electron/'] },
    },
    {
      name: 'below-knows-nothing-above',
      comment: 'Services, adapters and checks serve the window and the command line alike.',
      severity: 'error',
      from: { path: '^main/(services|adapters|checks|problems)/' },
      to: { path: ['^main/(ipc|cli|shell)/', '^main/(index|compose|menu)\\.ts$', '^main/window[^/]*\\.ts$'] },
    },
    {
      name: 'adapters-below-services',
      comment: 'Calls go down: an adapter is told what it needs.',
      severity: 'error',
      from: { path: '^main/adapters/' },
      to: { path: '^main/(services|checks)/' },
    },
    {
      name: 'checks-reach-nothing',
      comment: 'A check gets read-only handles; importing an adapter would let it change something.',
      severity: 'error',
      from: { path: '^main/checks/' },
      to: { path: '^main/(services|adapters)/' },
    },
    {
      name: 'main-imports-no-page',
      severity: 'error',
      from: { path: '^main/' },
      to: { path: '^(renderer|preload)/' },
    },
    {
      name: 'drivers-only-in-adapters',
      comment: 'pg and ssh2 are wrapped once, where host keys, TLS and errors are taken care of.',
      severity: 'error',
      from: { path: '^(main|preload|contract|renderer)/', pathNot: '^main/adapters/' },
      to: { path: ['^(pg|ssh2)(/|$)', '^node_modules/(@types/)?(pg|ssh2)/'] },
    },
    {
      name: 'keytar-only-in-the-keychain',
      comment: 'Secrets have one way in and one way out.',
      severity: 'error',
      from: { path: '^(main|preload|contract|renderer)/', pathNot: '^main/adapters/keychain[^/]*\\.ts$' },
      to: { path: ['^keytar$', '^node_modules/(keytar|@github/keytar)/'] },
    },
    {
      name: 'no-circular',
      comment: 'Modules that wait for each other start in an order nobody chose. Types may refer to each other.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'not-to-unresolvable',
      comment: 'An import that leads nowhere would slip past every other rule.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: ['^electron$', '\\.css$'] },
    },
    {
      name: 'nothing-from-tests',
      severity: 'error',
      from: { path: '^(main|preload|contract|renderer)/' },
      to: { path: '^(test|bench|scripts)/' },
    },
  ],
  options: {
    // TypeScript 7 has no programming interface for dependency-cruiser; swc reads the same syntax.
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.d.ts', '.mjs', '.cjs', '.js', '.json'],
    },
  },
};
