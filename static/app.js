// Everything works without this; it adds focus to error summaries, the menu on small screens and the like.
import { initAll } from './govuk/govuk-frontend.min.js'

initAll()

// Ask before a page is left with something typed and not saved. Not of forms that ask for a password.
const forms = document.querySelectorAll('form[method="post"]:not(:has([type="password"]))')
let unsaved = forms.length > 0 && document.querySelector('.govuk-error-summary') !== null
for (const form of forms) {
  form.addEventListener('input', () => { unsaved = true })
  for (const done of ['submit', 'saved']) form.addEventListener(done, () => { unsaved = false })
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

// The way back to a list keeps what it was narrowed to: the last address of each list, for this tab and while
// somebody is signed in.
if (document.querySelector('[name="password"]')) sessionStorage.clear()
if (document.querySelector('.app-filter')) sessionStorage.setItem(location.pathname, location.search)
for (const link of document.querySelectorAll('.govuk-breadcrumbs__link, .govuk-back-link')) {
  const kept = sessionStorage.getItem(link.pathname)
  if (kept && !link.search && link.pathname !== location.pathname) link.search = kept
}

// What the navigation folds is shut again by Escape, or when somebody goes on elsewhere.
const more = document.querySelector('.app-more')
if (more) {
  document.addEventListener('keydown', event => {
    if (event.key !== 'Escape' || !more.open) return
    if (more.contains(document.activeElement)) more.querySelector('summary').focus()
    more.open = false
  })
  document.addEventListener('focusin', event => { if (!more.contains(event.target)) more.open = false })
  document.addEventListener('click', event => { if (!more.contains(event.target)) more.open = false })
}

// Where a browser cannot show what is folded by its style, a wide screen and a printer open it.
if (!CSS.supports('selector(::details-content)')) {
  const open = () => document.querySelectorAll('.app-fold, .app-long').forEach(fold => { fold.open = true })
  if (matchMedia('(min-width: 48.0625em)').matches) open()
  window.addEventListener('beforeprint', open)
}

// A plan typed in rows: more rows without asking the server, and the leads of the agency that is chosen.
const plan = document.querySelector('.app-plan-rows')
if (plan) {
  const leads = JSON.parse(plan.dataset.leads)
  const narrow = (row, proposes) => {
    const agency = row.querySelector('[name$="_agency"]').value
    const lead = row.querySelector('[name$="_lead"]')
    lead.every ??= [...lead.options]
    const [usual, ...own] = leads[agency] ?? ['']
    const chosen = proposes ? usual : lead.value
    lead.replaceChildren(...lead.every.filter(option =>
      ['', 'nobody', chosen].includes(option.value) || !agency || own.includes(option.value)))
    lead.value = chosen
  }
  const watch = row => row.querySelector('[name$="_agency"]').addEventListener('change', () => narrow(row, true))
  for (const row of plan.children) {
    narrow(row, false)
    watch(row)
  }
  document.querySelector('[data-more-rows]').addEventListener('click', event => {
    event.preventDefault()
    const spare = document.querySelector('#spare-row').innerHTML
    const first = plan.children.length + 1
    for (let place = first; place < first + 3; place++) {
      plan.insertAdjacentHTML('beforeend', spare.replaceAll('r0_', `r${place}_`).replaceAll('ction 0', `ction ${place}`))
      watch(plan.lastElementChild)
    }
    plan.querySelector(`[name="r${first}_agency"]`).focus()
  })
}

// How far something is that a form does: its answer comes at the end, so that is asked beside it.
const meanwhile = document.querySelector('[data-meanwhile]')
if (meanwhile) {
  const ask = async () => {
    try {
      const answer = await fetch(location.href)
      // Gone from here: it is done, and its page is on its way.
      if (!answer.ok) return
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
      const now = page.querySelector('[data-progress]')
      if (now) meanwhile.innerHTML = now.innerHTML
    } catch {
      // The answer to the form is what counts.
    }
    setTimeout(ask, 1000)
  }
  meanwhile.closest('form').addEventListener('submit', event => {
    const only = meanwhile.dataset.meanwhile
    if (!only || event.submitter?.value === only) setTimeout(ask, 1000)
  })
}

// How far something long is: read again every two seconds, and the whole page once there is more to do than to wait.
const progress = document.querySelector('[data-progress]')
if (progress) {
  const look = async () => {
    try {
      const answer = await fetch(location.href)
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
      const now = page.querySelector('[data-progress]')
      if (!answer.ok || !now) return location.reload()
      if (now.innerHTML !== progress.innerHTML) progress.innerHTML = now.innerHTML
    } catch {
      // The server may be away for a moment.
    }
    setTimeout(look, 2000)
  }
  setTimeout(look, 1000)
}
