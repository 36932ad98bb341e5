import path from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import postcssPresetMantine from 'postcss-preset-mantine';
import postcssSimpleVars from 'postcss-simple-vars';

// Loaded from node_modules when first needed: native code, WASM with data files beside it, and optional requires.
// Everything else is bundled, because reading a few files is what makes the first window quick.
const loadedAtRunTime = [/^(keytar|libpg-query|pg|ssh2)(\/|$)/, /^@electric-sql\//];

// CSS modules cannot read custom properties inside media queries, so Mantine's breakpoints are build-time variables.
const breakpoints = {
  'mantine-breakpoint-xs': '36em',
  'mantine-breakpoint-sm': '48em',
  'mantine-breakpoint-md': '62em',
  'mantine-breakpoint-lg': '75em',
  'mantine-breakpoint-xl': '88em',
};

export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      // The oldest Node that main runs on: Electron 33 has 20.18.
      target: 'node20.18',
      externalizeDeps: false,
      sourcemap: true,
      rolldownOptions: {
        input: {
          index: 'main/index.ts',
          cli: 'main/cli/index.ts',
          practice: 'main/practice/process.ts',
        },
        external: loadedAtRunTime,
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      target: 'node20.18',
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: 'preload/index.ts' },
        // A sandboxed preload can require nothing but `electron`, and only as CommonJS.
        output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
      },
    },
  },
  renderer: {
    root: 'renderer',
    plugins: [react()],
    css: { postcss: { plugins: [postcssPresetMantine(), postcssSimpleVars({ variables: breakpoints })] } },
    build: {
      outDir: 'out/renderer',
      target: 'chrome130',
      minify: true,
      sourcemap: true,
      // Chromium preloads modules itself, and the content security policy allows no data: scripts or fonts.
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      rolldownOptions: { input: { index: path.join(import.meta.dirname, 'renderer/index.html') } },
    },
  },
});
