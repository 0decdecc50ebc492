// Saves a form as it is typed: some seconds after the last key, when a field is left, and before the page is. It goes
// to its own address, which answers with a sentence. The button saves too, and is all there is without this.
const PAUSE = 3000
const AGAIN = 30000
const PATIENCE = 15000
const STILL = 'What you typed is still on this page'
// What a form holds beside what is typed.
const AROUND = ['csrf_token', 'once', 'version']

const form = document.querySelector('[data-saves-as-typed]')
if (form) {
  const status = form.querySelector('[role="status"]')
  const version = form.querySelector('[name="version"]')
  const typed = () => JSON.stringify([...new FormData(form)].filter(([name]) => !AROUND.includes(name)))
  // What is kept, as far as the server has said; and what was sent without an answer, which may be kept too.
  let kept = typed()
  let unanswered = null
  let timer = null
  let isSending = false
  let isOver = false
  // A button that was pressed meanwhile: it sends the form once this has its answer, and meets no text of ours.
  let pressed = null

  const say = (text, isWrong = false) => {
    // The same words are not said again to who listens.
    if (status.textContent !== text) status.textContent = text
    status.classList.toggle('govuk-hint', !isWrong)
    status.classList.toggle('govuk-error-message', isWrong)
  }

  const later = milliseconds => {
    clearTimeout(timer)
    timer = setTimeout(save, milliseconds)
  }

  const isOurs = theirs => unanswered !== null && JSON.parse(unanswered).every(
    ([name, value]) => value.replaceAll('\r', '').trim() === theirs[name]?.trim())

  // Returns whether to save once more at once.
  const hear = async (answer, sent) => {
    const told = answer.headers.get('Content-Type')?.startsWith('application/json') ? await answer.json() : null
    if (answer.ok && told) {
      version.value = told.version
      kept = sent
      if (typed() === sent) form.dispatchEvent(new Event('saved'))
      say(told.said)
    } else if (answer.status === 409 && told && isOurs(told.theirs)) {
      version.value = told.theirs.version
      kept = unanswered
      unanswered = null
      return true
    } else if (answer.status === 409 || answer.status === 422) {
      isOver = answer.status === 409
      say(told.said, true)
    } else if (answer.status === 401) {
      say(`Not saved: you are signed out. ${STILL}. Press a button: you sign in, and it is saved.`, true)
    } else {
      say(`Not saved. ${STILL}. Press a button to see what is wrong.`, true)
    }
    unanswered = null
    return false
  }

  async function save () {
    clearTimeout(timer)
    const sent = typed()
    if (isOver || isSending || sent === kept) return
    const body = new FormData(form)
    // The token is the button's, which may save the same page later.
    body.delete('once')
    isSending = true
    let isAgain = false
    try {
      // A page that is left lets a short text arrive all the same.
      const answer = await fetch(form.action, {
        method: 'POST',
        body,
        headers: { Accept: 'application/json' },
        redirect: 'manual',
        keepalive: sent.length < 20000,
        signal: AbortSignal.timeout?.(PATIENCE)
      })
      isAgain = await hear(answer, sent)
    } catch {
      unanswered = sent
      say(`Not saved: the server cannot be reached. ${STILL}, and is sent again by itself.`, true)
      later(AGAIN)
    }
    isSending = false
    if (isAgain) return save()
    if (pressed) return form.requestSubmit(pressed)
    if (unanswered === null && typed() !== sent) later(PAUSE)
  }

  say('What you type is saved by itself.')
  form.addEventListener('input', () => later(PAUSE))
  form.addEventListener('change', save)
  form.addEventListener('focusout', save)
  form.addEventListener('submit', event => {
    clearTimeout(timer)
    if (isSending) {
      event.preventDefault()
      pressed = event.submitter ?? form.querySelector('button')
    } else {
      isOver = true
    }
  })
  document.addEventListener('visibilitychange', () => { if (document.hidden) save() })
  window.addEventListener('pagehide', save)
  window.addEventListener('online', save)
}
