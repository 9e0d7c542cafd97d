import { defineConfig } from 'vitest/config'

// The built client is served under /<school>/: every address in it is relative, nothing is inline.
export default defineConfig({
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: 'dist',
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  worker: { format: 'es' },
  test: {
    dir: '../../tests/web/unit',
    globals: true,
    environment: 'node',
    setupFiles: ['../../tests/web/unit/setup.ts'],
  },
})
