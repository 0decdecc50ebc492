// Everything works without this; it adds focus to error summaries, the menu on small screens and the like.
import { initAll } from './govuk/govuk-frontend.min.js'

initAll()

// Ask before a page is left with something typed and not saved. Not of forms that ask for a password.
const forms = document.querySelectorAll('form[method="post"]:not(:has([type="password"]))')
let unsaved = forms.length > 0 && document.querySelector('.govuk-error-summary') !== null
for (const form of forms) {
  form.addEventListener('input', () => { unsaved = true })
  form.addEventListener('submit', () => { unsaved = false })
}
window.addEventListener('beforeunload', event => { if (unsaved) event.preventDefault() })

// Going back draws the page anew. The entry in the history keeps the tokens that its forms were first drawn with,
// so that what was saved once is not saved a second time.
const tokens = [...document.querySelectorAll('input[name="once"]')]
if (history.state?.once?.length === tokens.length) {
  tokens.forEach((token, place) => { token.value = history.state.once[place] })
} else if (tokens.length > 0) {
  history.replaceState({ once: tokens.map(token => token.value) }, '')
}
