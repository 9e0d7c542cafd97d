import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

// Bundles the mock server of tests/web/mock for Node; it is never a part of what is shipped.
export default defineConfig({
  ssr: { noExternal: true },
  resolve: {
    alias: ['@noble/ciphers', 'hash-wasm'].map((name) => ({ find: name, replacement: fileURLToPath(new URL(`node_modules/${name}`, import.meta.url)) })),
  },
  build: {
    ssr: fileURLToPath(new URL('../../tests/web/mock/server.ts', import.meta.url)),
    outDir: '.mock',
    target: 'node20',
    rollupOptions: { output: { entryFileNames: 'server.js' } },
  },
})
