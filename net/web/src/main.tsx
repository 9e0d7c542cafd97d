import { render } from 'preact'
import { App } from './app'
import { applyPrefs } from './state/prefs'
import { resume } from './session/resume'

applyPrefs()
if ('serviceWorker' in navigator) void navigator.serviceWorker.register('./sw.js').catch(() => undefined)
void resume()
render(<App />, document.getElementById('app')!)
