import { render } from 'preact'
import { App } from './app'
import { applyPrefs } from './state/prefs'
import { resume } from './session/resume'

applyPrefs()
void resume()
render(<App />, document.getElementById('app')!)
