// Draws the application's icons out of src/seal.svg; run by hand when the seal changes.
//
//   node tests/web/icons.mjs
import { readFileSync } from 'node:fs'
import { launch } from './browser.mjs'

const web = new URL('../../net/web/', import.meta.url)
const svg = readFileSync(new URL('src/seal.svg', web), 'utf8')
const browser = await launch()
// A maskable icon is cut to any shape: its background fills the square, its picture keeps to the middle.
for (const [name, size, masked] of [['icon-192', 192, false], ['icon-512', 512, false], ['icon-maskable-512', 512, true]]) {
  const page = await browser.newPage({ viewport: { width: size, height: size } })
  const inner = masked ? size * 0.72 : size
  await page.setContent(`<style>html,body{margin:0;height:100%;background:${masked ? '#1d4f5e' : 'transparent'}}body{display:grid;place-items:center}svg{width:${inner}px;height:${inner}px;display:block}</style>${svg}`)
  await page.screenshot({ path: new URL(`public/${name}.png`, web).pathname, omitBackground: true })
}
await browser.close()
