import { defineConfig } from 'vitest/config'
import { passwordWords, shell } from './shell.config.ts'

// The built client is served under /<school>/: every address in it is relative, nothing is inline.
export default defineConfig({
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [shell(), passwordWords()],
  build: {
    rollupOptions: {
      input: { main: 'index.html', sw: 'src/sw.ts' },
      // The worker's address stays the same from build to build; its content names the build.
      output: { entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js') },
    },
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
    // A busy machine is slow, not wrong.
    testTimeout: 60000,
  },
})
